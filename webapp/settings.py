"""Every setting in one table: name, default, kind, help. A wrong value stops the start with a clear line."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from geo.errors import PlanAtlasError

PREFIX = "PLANATLAS_"


class BadSetting(PlanAtlasError):
    """A setting has a name or value that means nothing; the service does not start on a guess."""

    code = "bad_setting"
    zh = "设置 {name}={found} 无效：{expected_zh}。"
    en = "The setting {name}={found} is not valid: {expected_en}."


def _positive(text: str) -> int:
    value = int(text)
    if value <= 0:
        raise ValueError
    return value


def _whole(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError
    return value


def _decimals(text: str) -> int:
    value = int(text)
    if not 3 <= value <= 9:
        raise ValueError
    return value


def _hosts(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(re.fullmatch(r"[A-Za-z0-9.\-]{1,253}", name) for name in names):
        raise ValueError
    return names


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(re.fullmatch(r"https?://(\*\.)?[A-Za-z0-9.\-]{1,253}(:\d{1,5})?", one) for one in origins):
        raise ValueError
    return origins


def _networks(text: str) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_network(part.strip())) for part in text.split(",") if part.strip())


def _address(text: str) -> str:
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.\-]{1,253}(:\d{1,5})?/?", text):
        raise ValueError
    return text.rstrip("/")


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    near = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if text and not (parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and near))):
        raise ValueError
    return text.rstrip("/")


def _roles(text: str) -> dict[str, str]:
    found = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        group, _, role = map(str.strip, part.partition("="))
        if not group or role not in ("reader", "editor", "administrator"):
            raise ValueError
        found[group] = role
    return found


def _database(text: str) -> str:
    if text and (not text.startswith(("postgresql://", "postgres://")) or any(c.isspace() for c in text)):
        raise ValueError
    return text


def _databases(text: str) -> dict[str, str]:
    """Read ``name=address; name=address``; a semicolon within an address is written %3B."""
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, re.split(r"[;\n]", text))):
        name, _, address = map(str.strip, part.partition("="))
        url, words = r"postgres(ql)?://\S+", r"\w+=[^\s=]\S*( +\w+=[^\s=]\S*)*"
        fits = re.fullmatch(r"\w[\w.\-]{0,59}", name) and re.fullmatch(f"{url}|{words}", address)
        if not fits or name in found:
            raise ValueError
        found[name] = address
    return found


def _yes_no(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _read(text: str) -> str:
    return {"open": "open", "login": "login"}[text]


def _language(text: str) -> str:
    return {"zh": "zh", "en": "en"}[text]


@dataclass(frozen=True)
class Setting:
    """One setting; ``limit`` marks those shown at /limits."""

    name: str
    default: str
    read: Callable[[str], object]
    zh: str
    en: str
    expected_zh: str = "应为正整数"
    expected_en: str = "a whole number above 0 is expected"
    unit: str = ""
    limit: bool = False
    secret: bool = False  # may hold a password, which no message repeats


SETTINGS = (
    Setting("data", "data", Path, "规划数据目录", "folder of the plan's data", "", ""),
    Setting(
        "instance",
        "",
        str,
        "账户、密钥和指标结果所在目录（空为数据目录内的 instance）",
        "folder of accounts, keys and figures; instance in the data folder when empty",
        "",
        "",
    ),
    Setting(
        "store",
        "",
        _database,
        "版本存储：空为数据目录内，或 PostGIS 数据库地址",
        "where versions are kept: in the data folder, or the address of a PostGIS database",
        "应为 postgresql://用户:密码@主机/库名[?schema=名称]",
        "postgresql://user:password@host/name[?schema=name]",
        secret=True,
    ),
    Setting(
        "databases",
        "",
        _databases,
        "可从中导入表的 PostGIS 数据库，每个有名称",
        "PostGIS databases that tables may be imported from, each with a name",
        "应为 名称=postgresql://用户:密码@主机/库名; 名称=service=服务名",
        "name=postgresql://user:password@host/name; name=service=a_service",
        secret=True,
    ),
    Setting(
        "language", "zh", _language, "默认语言", "language when none is asked for", "应为 zh 或 en", "zh or en"
    ),
    Setting(
        "read",
        "open",
        _read,
        "谁可以阅读",
        "who may read",
        "应为 open 或 login",
        "open or login",
    ),
    Setting(
        "hosts", "", _hosts, "允许的主机名", "host names answered to", "以逗号分隔的主机名", "names with commas"
    ),
    Setting(
        "proxies",
        "",
        _networks,
        "可信的反向代理（地址或网段）",
        "trusted proxies, by address or network",
        "以逗号分隔的地址或网段，如 127.0.0.1, 10.0.0.0/8",
        "addresses or networks with commas, such as 127.0.0.1, 10.0.0.0/8",
    ),
    Setting(
        "identity_issuer",
        "",
        _issuer,
        "统一登录（OpenID Connect）的地址",
        "address of the organisation's sign-in (OpenID Connect)",
        "应为 https 地址；http 仅限本机",
        "an https address; http on this machine only",
    ),
    Setting("identity_client", "", str, "本服务在统一登录中的编号", "what the sign-in calls this service", "", ""),
    Setting("identity_secret", "", str, "统一登录给的密钥", "the secret the sign-in gave", "", "", secret=True),
    Setting("identity_claim", "groups", str, "列出用户组的声明", "the claim that lists groups", "", ""),
    Setting(
        "identity_roles",
        "",
        _roles,
        "用户组对应的角色",
        "which group gives which role",
        "如 planners=editor; heads=administrator; *=reader",
        "such as planners=editor; heads=administrator; *=reader",
    ),
    Setting(
        "public_address",
        "",
        _address,
        "读者所用的地址",
        "the address readers use",
        "应为 https://主机名[:端口]，不带路径",
        "https://host[:port] without a path",
    ),
    Setting(
        "frames",
        "",
        _origins,
        "可嵌入地图的网站",
        "sites that may frame embeds",
        "以逗号分隔的来源，如 https://intranet.example",
        "origins with commas, such as https://intranet.example",
    ),
    Setting(
        "decimals",
        "9",
        _decimals,
        "输出坐标的小数位数（度；6 位约 0.1 米，9 位为原样）",
        "decimals of coordinates that leave, in degrees; 6 is about 0.1 m, 9 is as they are",
        "应为 3 至 9 的整数",
        "a whole number from 3 to 9",
        limit=True,
    ),
    Setting(
        "https", "no", _yes_no, "是否经 HTTPS 访问", "whether reached over HTTPS", "应为 yes 或 no", "yes or no"
    ),
    Setting(
        "two_persons", "no", _yes_no, "管理操作须第二人确认", "a second person confirms", "yes 或 no", "yes or no"
    ),
    Setting(
        "warm_figures", "yes", _yes_no, "空闲时预先计算统计", "figures computed ahead", "yes 或 no", "yes or no"
    ),
    Setting("threads", "32", _positive, "工作线程数", "worker threads"),
    Setting("max_url", "8192", _positive, "请求行与请求头总长", "request line and headers", unit="B", limit=True),
    Setting("max_json", "5000000", _positive, "请求正文", "request body", unit="B", limit=True),
    Setting("max_form", "100000", _positive, "表单正文", "form body", unit="B", limit=True),
    Setting("max_parts", "1000", _positive, "表单分段数", "parts of a form", limit=True),
    Setting("max_filters", "16", _positive, "每个请求的筛选条件数", "filters in one request", limit=True),
    Setting("max_query", "100", _positive, "检索词长度", "characters of a search", limit=True),
    Setting("max_rows", "500", _positive, "表格一次取的行数", "rows of a table in one request", limit=True),
    Setting("max_hits", "100", _positive, "检索结果数", "results of a search", limit=True),
    Setting("max_vertices", "5000", _positive, "绘制多边形的顶点数", "vertices of a drawn polygon", limit=True),
    Setting("max_edits", "500", _positive, "一次编辑的要素数", "features of one edit", limit=True),
    Setting("max_upload", "1000000000", _positive, "导入文件", "an imported file", unit="B", limit=True),
    Setting("max_import_seconds", "600", _positive, "一次导入的时长", "one import", unit="s", limit=True),
    Setting("max_briefing_seconds", "600", _positive, "编制简报的时长", "one briefing", unit="s", limit=True),
    Setting("max_views", "1000", _positive, "保存的视图数", "views kept", limit=True),
    Setting("max_renders", "24", _positive, "同时等待的出图请求", "requests waiting for a picture", limit=True),
    Setting("max_jobs", "2", _positive, "同时计算的任务数", "computations at once", limit=True),
    Setting("max_waiting", "8", _positive, "等待计算的任务数", "computations waiting", limit=True),
    Setting("max_looks", "2", _positive, "同时检查图形的进程数", "looks at shapes at once", limit=True),
    Setting("max_look_seconds", "5", _positive, "检查图形的时长", "a look at a shape", unit="s", limit=True),
    Setting("max_site_seconds", "60", _positive, "检查一处地块", "a check of a site", unit="s", limit=True),
    Setting("max_memory", "1500000000", _positive, "一次计算的内存", "one computation", unit="B", limit=True),
    Setting("max_import_memory", "6000000000", _positive, "一次导入的内存", "one import", unit="B", limit=True),
    Setting("max_seconds", "60", _positive, "一次计算的时长", "one computation", unit="s", limit=True),
    Setting("max_figures", "5000", _positive, "留存的指标结果数", "figures kept", limit=True),
    Setting("max_passing", "2000", _positive, "留存的访客结果数", "visitors' figures kept", limit=True),
    Setting("visitor_days", "7", _positive, "访客结果保留", "visitors' figures are kept", unit="d", limit=True),
    Setting(
        "version_days",
        "0",
        _whole,
        "旧版本保留（0：一直）",
        "older versions are kept; 0: for good",
        unit="d",
        limit=True,
    ),
    Setting("max_visitor_figures", "300", _positive, "每位访客每天提问", "questions a visitor a day", limit=True),
    Setting("max_visitor_briefings", "30", _positive, "每位访客每天简报", "briefings a visitor a day", limit=True),
    Setting("max_visitor_templates", "20", _positive, "每位访客每天模板", "templates a visitor a day", limit=True),
    Setting("max_visitor_sites", "100", _positive, "每位访客每天地块", "sites a visitor a day", limit=True),
    Setting("max_connections", "500", _positive, "同时连接数", "open connections", limit=True),
    Setting(
        "max_client_connections", "100", _positive, "一个地址的连接数", "connections of one address", limit=True
    ),
    Setting("idle_seconds", "30", _positive, "空闲连接时长", "an idle connection", unit="s", limit=True),
)


@dataclass(frozen=True)
class Settings:
    """The settings in force. Read-only; ``settings.max_json`` and so on."""

    values: Mapping[str, object]

    def path(self, name: str) -> Path:
        """Return a folder setting."""
        return Path(str(self.values[name]))

    def number(self, name: str) -> int:
        """Return a whole-number setting."""
        return int(str(self.values[name]))

    def text(self, name: str) -> str:
        """Return a text setting."""
        return str(self.values[name])

    def flag(self, name: str) -> bool:
        """Return a yes/no setting."""
        return self.values[name] is True

    @property
    def databases(self) -> Mapping[str, str]:
        """Addresses of the databases that tables may be imported from, by name."""
        return dict(self.values["databases"])  # type: ignore[call-overload, no-any-return]

    @property
    def frames(self) -> tuple[str, ...]:
        """Origins that may frame embeds besides our own."""
        return tuple(str(o) for o in self.values["frames"])  # type: ignore[attr-defined]

    @property
    def networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Addresses of the proxies that are believed."""
        return tuple(ipaddress.ip_network(str(one)) for one in self.values["proxies"])  # type: ignore[attr-defined]

    @property
    def identity_roles(self) -> Mapping[str, str]:
        """Roles by the group of an identity provider that gives them."""
        return dict(self.values["identity_roles"])  # type: ignore[call-overload, no-any-return]

    @property
    def https(self) -> bool:
        """Whether readers reach the service over HTTPS."""
        return self.flag("https") or self.text("public_address").startswith("https://")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names the service answers to besides the loopback ones."""
        public = urlsplit(self.text("public_address")).hostname
        return (*(str(h) for h in self.values["hosts"]), *((public,) if public else ()))  # type: ignore[attr-defined]


def read_settings(environment: Mapping[str, str], given: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from environment variables (``PLANATLAS_MAX_JSON=...``) and given values.

    Parameters
    ----------
    environment
        Usually ``os.environ``.
    given
        Values of the command line; they win.

    Raises
    ------
    BadSetting
        An unknown ``PLANATLAS_`` name, or a value that does not fit.

    Examples
    --------
    >>> read_settings({"PLANATLAS_THREADS": "4"}).number("threads")
    4
    """
    known = {s.name: s for s in SETTINGS}
    said = {k.removeprefix(PREFIX).lower(): v for k, v in environment.items() if k.startswith(PREFIX)}
    said.pop("browser", None)  # of the tests, not of the service
    said |= given or {}
    for name in said:
        if name not in known:
            words = ", ".join(known)
            raise BadSetting(name=name, found="…", expected_zh=f"可用设置 {words}", expected_en=f"known: {words}")
    values: dict[str, object] = {}
    for setting in SETTINGS:
        text = said.get(setting.name, setting.default)
        try:
            values[setting.name] = setting.read(text)
        except (ValueError, KeyError):
            raise BadSetting(
                name=setting.name,
                found="…" if setting.secret else text[:60],
                expected_zh=setting.expected_zh,
                expected_en=setting.expected_en,
            ) from None
    return Settings(values)


def limit_rows(settings: Settings) -> list[dict[str, Any]]:
    """Return the limits in force as rows for the page and for programs."""
    return [
        {"setting": s.name, "value": settings.number(s.name), "unit": s.unit, "zh": s.zh, "en": s.en}
        for s in SETTINGS
        if s.limit
    ]
