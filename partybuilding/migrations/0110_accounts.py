
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partybuilding', '0003_back_office'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='partyorganisation',
            name='administrators',
            field=models.ManyToManyField(blank=True, related_name='%(class)s_administrator_of', to=settings.AUTH_USER_MODEL, verbose_name='单位管理员'),
        ),
    ]
