
import django.db.models.deletion
import django.utils.timezone
import guicheng.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('guicheng', '0002_back_office'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='时刻')),
                ('kind', models.CharField(choices=[('signed_in', '登录'), ('signed_out', '退出'), ('sign_in_failed', '登录失败'), ('superseded', '被别处登录顶下线'), ('password_changed', '改口令'), ('password_reset', '重置口令'), ('second_factor_set', '开通两步验证'), ('second_factor_reset', '重置两步验证'), ('made', '建立账号'), ('disabled', '停用账号'), ('enabled', '重新启用账号'), ('handed_over', '移交工作'), ('roles_changed', '改角色'), ('units_changed', '改单位'), ('downloaded', '下载文件')], max_length=20, verbose_name='事项')),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='来自')),
                ('note', guicheng.fields.CleanTextField(blank=True, verbose_name='内容')),
            ],
            options={
                'verbose_name': '访问日志',
                'verbose_name_plural': '访问日志',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='user',
            options={'permissions': [('see_everything', '查看全街道的数据'), ('give_roles', '授予角色、在编和单位'), ('reset_unit_accounts', '管理本单位的账号')], 'verbose_name': '账号', 'verbose_name_plural': '账号'},
        ),
        migrations.AlterModelManagers(
            name='user',
            managers=[
            ],
        ),
        migrations.AddField(
            model_name='user',
            name='active_since',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='启用于'),
        ),
        migrations.AddField(
            model_name='user',
            name='must_change_password',
            field=models.BooleanField(default=False, editable=False, verbose_name='须先改口令'),
        ),
        migrations.AddField(
            model_name='user',
            name='password_expires_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='一次性口令到期'),
        ),
        migrations.AddField(
            model_name='user',
            name='second_factor_since',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='两步验证开通于'),
        ),
        migrations.AddField(
            model_name='user',
            name='sign_in_token',
            field=models.CharField(blank=True, editable=False, max_length=32, verbose_name='当前登录'),
        ),
        migrations.AddField(
            model_name='user',
            name='wanted_established',
            field=models.BooleanField(default=False, editable=False, verbose_name='申请标为在编'),
        ),
        migrations.AddField(
            model_name='user',
            name='wanted_role',
            field=models.CharField(blank=True, editable=False, max_length=40, verbose_name='申请的角色'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('must_change_password', False), ('password_expires_at__isnull', False), _connector='OR'), name='guicheng_user_one_time_password_expires', violation_error_message='一次性口令要有到期时间。'),
        ),
        migrations.AddField(
            model_name='accessevent',
            name='account',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='access_events', to=settings.AUTH_USER_MODEL, verbose_name='对哪个账号'),
        ),
        migrations.AddField(
            model_name='accessevent',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁'),
        ),
        migrations.AddIndex(
            model_name='accessevent',
            index=models.Index(models.F('at'), models.F('id'), name='accessevent_at'),
        ),
        migrations.AddIndex(
            model_name='accessevent',
            index=models.Index(models.F('kind'), models.F('account'), models.F('at'), name='accessevent_by_account'),
        ),
        migrations.AddIndex(
            model_name='accessevent',
            index=models.Index(models.F('kind'), models.F('address'), models.F('at'), name='accessevent_by_address'),
        ),
        migrations.AddConstraint(
            model_name='accessevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['signed_in', 'signed_out', 'sign_in_failed', 'superseded', 'password_changed', 'password_reset', 'second_factor_set', 'second_factor_reset', 'made', 'disabled', 'enabled', 'handed_over', 'roles_changed', 'units_changed', 'downloaded'])), name='guicheng_accessevent_kind_known', violation_error_message='事项不在可选范围内。'),
        ),
    ]
