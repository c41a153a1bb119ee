
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0002_back_office'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reviewstep',
            name='projects_reviewstep_verb_known',
        ),
        migrations.AddField(
            model_name='department',
            name='administrators',
            field=models.ManyToManyField(blank=True, related_name='%(class)s_administrator_of', to=settings.AUTH_USER_MODEL, verbose_name='单位管理员'),
        ),
        migrations.AlterField(
            model_name='reviewstep',
            name='verb',
            field=models.CharField(choices=[('submitted', '提交'), ('checked', '初审通过'), ('published', '终审发布'), ('returned', '退回'), ('dropped', '撤销'), ('handed_over', '移交')], max_length=20, verbose_name='步骤'),
        ),
        migrations.AddConstraint(
            model_name='reviewstep',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['submitted', 'checked', 'published', 'returned', 'dropped', 'handed_over'])), name='projects_reviewstep_verb_known', violation_error_message='步骤不在可选范围内。'),
        ),
    ]
