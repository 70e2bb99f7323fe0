"""What can go wrong with a table of a database, each with what to do; no server's own words are repeated."""

from __future__ import annotations

from geo.errors import PlanAtlasError


class TableError(PlanAtlasError):
    """A table cannot be taken; nothing was changed. The base of the kinds below."""

    code = "table"
    zh = "无法读取数据库 {database} 的表。"
    en = "A table of the database {database} cannot be read."


class UnknownDatabase(TableError):
    """No connection of that name is in the settings."""

    code = "unknown_database"
    zh = "设置 databases 中没有名为“{database}”的数据库连接；现有：{known}。请由管理员在设置中添加。"
    en = (
        "The setting databases names no connection “{database}”; it has: {known}. An administrator adds one there."
    )


class NoDatabaseDriver(TableError):
    """The package that speaks to PostgreSQL is not installed."""

    code = "no_database_driver"
    zh = "未安装 PostgreSQL 驱动（psycopg）。请运行 python run.py setup --postgis 后重试。"
    en = "PostgreSQL's driver (psycopg) is not installed. Run python run.py setup --postgis, then retry."


class DatabaseUnreachable(TableError):
    """No server answers, or it went away."""

    code = "database_unreachable"
    zh = "数据库 {database} 连接不上或连接中断。请检查数据库是否运行、网络和设置中的地址，然后重试。"
    en = (
        "The database {database} cannot be reached, or the connection broke. Check that it runs, the network, "
        "and the address in the setting; then retry."
    )


class SignInRefusedByDatabase(TableError):
    """The server answers and does not let the connection in."""

    code = "database_sign_in"
    zh = "数据库 {database} 拒绝登录：用户名、密码或库名不对，或服务器不允许本机连接。请管理员检查设置 databases。"
    en = (
        "The database {database} refuses the sign-in: its user, password or database name is wrong, or the server "
        "does not admit this machine. An administrator checks the setting databases."
    )


class NoPostGIS(TableError):
    """The database has no PostGIS."""

    code = "no_postgis"
    zh = "数据库 {database} 没有安装 PostGIS 扩展。请在该库执行 CREATE EXTENSION postgis，或改用含空间表的库。"
    en = (
        "The database {database} has no PostGIS. Run CREATE EXTENSION postgis in it, or name a database that "
        "holds spatial tables."
    )


class UnknownTable(TableError):
    """No such table, or it is gone."""

    code = "unknown_table"
    zh = "数据库 {database} 中没有表“{table}”，或已被删除或改动。请重新列出表后再选。"
    en = "The database {database} has no table “{table}”, or it was dropped or altered. List the tables again."


class NoRight(TableError):
    """The connection's role may not read the table, or something a view needs."""

    code = "no_right_to_read"
    zh = "数据库 {database} 的连接没有读取“{table}”的权限。请数据库管理员授予：GRANT SELECT（及模式的 USAGE）。"
    en = (
        "The connection {database} may not read “{table}”. The database's administrator grants SELECT on it "
        "(and USAGE on its schema)."
    )


class NoGeometry(TableError):
    """The table has no geometry column, or not the one named."""

    code = "no_geometry_column"
    zh = "“{table}”没有所要的几何列；现有几何列：{columns}。请选择有几何列的表，或用 --geometry 指定其中一列。"
    en = (
        "“{table}” has no such geometry column; its geometry columns: {columns}. Choose a table with one, or say "
        "which with --geometry."
    )


class EmptyTable(TableError):
    """There is nothing in the table."""

    code = "empty_table"
    zh = "“{table}”没有任何行（或连接只能看到零行）。请先填入数据，或检查行级权限。"
    en = "“{table}” holds no row (or none this connection may see). Fill it first, or check row-level rights."


class ReadTooLong(TableError):
    """Reading took too long, or waited too long for a lock."""

    code = "table_took_too_long"
    zh = "读取“{table}”超过 {seconds} 秒，已停止。请稍后重试，缩小视图的范围，或加大设置 max_import_seconds。"
    en = (
        "Reading “{table}” was stopped after {seconds} s. Retry later, let the view ask for less, or raise the "
        "setting max_import_seconds."
    )


class WriteRefused(TableError):
    """A view wanted to write; reading is read-only."""

    code = "table_wants_to_write"
    zh = "“{table}”在读取时试图写入数据库，已拒绝。请改用不写入的视图或表。"
    en = "“{table}” tried to write to the database while being read, which is refused. Use a view that only reads."


class MixedSRID(TableError):
    """The rows are in several coordinate systems."""

    code = "mixed_srid"
    zh = "“{table}”的几何列混有多个 SRID：{srids}。请在数据库中用 ST_Transform 统一（例如建一个视图）后再导入。"
    en = (
        "The geometry column of “{table}” mixes several SRIDs: {srids}. Bring them into one with ST_Transform in "
        "the database (a view will do), then import that."
    )


class TableTooLarge(TableError):
    """The table is larger than an import may be."""

    code = "table_too_large"
    zh = "“{table}”读出后超过 {most} 字节。请用视图分批导入，或加大设置 max_upload。"
    en = "“{table}” is more than {most} bytes when read. Import parts of it by views, or raise max_upload."


class DatabaseFault(TableError):
    """Anything else the database says; told by its code alone."""

    code = "database_fault"
    zh = "读取“{table}”时数据库 {database} 报错（SQLSTATE {state}）。请在数据库中执行 SELECT 检查该表或视图。"
    en = (
        "The database {database} failed while “{table}” was read (SQLSTATE {state}). Check the table or view with "
        "a SELECT in the database."
    )
