"""Tell what a list would change, as the import page would show it, and write nothing."""
import json
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from guicheng.files.spreadsheets import Unreadable
from projects.excel_import.told import told
from projects.models import ProjectList


class Command(BaseCommand):
    help = "看一份表会导入什么，什么也不写：preview_list 清单.xlsx --list 2026-key --format json"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="Excel、.ods 或 .csv 文件")
        parser.add_argument("--sheet", default="", help="只读这一张工作表")
        parser.add_argument("--list", default="", dest="project_list", help="清单的代号；不写就按表里的标题认")
        parser.add_argument("--year", type=int, help="没有写年份的日子是哪一年")
        parser.add_argument("--as", default="", dest="login", help="按谁的权限看（账号）；不写就按能看全部的人")
        parser.add_argument("--format", choices=["json"], default="json", help="写成什么")

    def handle(self, *args, file, sheet, project_list, year, login, **options):
        users, lists = get_user_model().objects, ProjectList.objects
        user = users.filter(username=login).first() if login else users.model(is_active=True, is_superuser=True)
        if user is None:
            raise CommandError(f"没有账号“{login}”。")
        chosen = lists.filter(slug=project_list).first() if project_list else None
        if project_list and chosen is None:
            raise CommandError(f"没有代号是“{project_list}”的清单。")
        if not file.is_file():
            raise CommandError(f"没有这个文件：{file}。")
        try:
            answer = told(file, user, file_name=file.name, sheet=sheet, project_list=chosen, year=year)
        except Unreadable as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
