"""What a browser would send from the page of a need."""
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

ANSWER = "灯头已经换好，今晚会亮。以后每月巡一次。"
PHONE = "13800000000"  # of nobody


def page_of(need):
    return need.staff_page()


def do(client, need, verb, **values):
    address = reverse("admin:communities_need_do", args=[need.pk])
    return client.post(address, {"verb": verb, "version": need.version, **values})


def write(client, need, text, **values):
    answer = need.answers.unsent().first()
    address = reverse("admin:communities_need_answer", args=[need.pk])
    return client.post(address, {"version": need.version, "answer_version": answer.version if answer else 0,
                                 "text": text, **values})


def text_of(response):
    return response.content.decode()


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
