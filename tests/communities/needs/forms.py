"""A resident at the public forms: opens one, fills it in, sends it."""
import re

from django.core import signing
from django.test import Client

from guicheng.public.forms import SALT
from tests.forms import held

WORDS = {"community": "here", "title": "示例路口的路灯连着三晚不亮", "text": "三盏灯都不亮，看不清台阶。"}
PHONE = "13800000000"  # of nobody


def aged(key, seconds=5):
    """The key of a page that was opened so many seconds earlier."""
    value, stamp, _ = key.rsplit(":", 2)
    signer = signing.TimestampSigner(salt=SALT)
    signer.timestamp = lambda: signing.b62_encode(signing.b62_decode(stamp) - seconds)
    return signer.sign(value)


def opened(address="/needs/new/complaint/", client=None):
    """What the form at this address holds, a while after it was opened."""
    data = dict(held((client or Client()).get(address)).items())
    return data | {"form_key": aged(data["form_key"])}


def send(data=None, address="/needs/new/complaint/", client=None, **headers):
    return (client or Client(raise_request_exception=False)).post(address, data, headers=headers)


def asked(**words):
    """Ask as a resident does; gives the answer."""
    return send(opened() | WORDS | words)


def faults(response):
    """What the page says is to be mended."""
    box = re.search(r'id="faults">(.*?)</div>', response.text, re.S)
    return re.sub(r"<[^>]+>|\s+", "", box[1]) if box else ""


def own_form(client, link, verb):
    """What one of the small forms of the own page holds."""
    page = client.get(link)
    form = next(each for each in re.findall(r"<form.*?</form>", page.text, re.S) if f'value="{verb}"' in each)
    return dict(re.findall(r'name="(form_key|verb|version)" value="([^"]*)"', form))


def form_key_of(response):
    """The key that the forms of a page send along; where it has none, one that is as good."""
    found = re.search(r'name="form_key" value="([^"]+)"', response.text)
    return found[1] if found else ""
