"""Many cases at once, made inside the database: a district after some years of work."""

from django.db import connection

from core.tokens import digest_of
from governance.models import Issue
from governance.services.links import follow_token

# The newest are open, in the states a desk sees: four in a hundred, and enough to fill the pages of a desk. Otherwise
# growth would compare pages with different numbers of rows.
LEAST_OPEN = 1_200
_ISSUES = """
INSERT INTO governance_issue (
    area_id, street_id, community_id, grid_id, branch_id, building_id, holder_area_id,
    number, submission_key, follow_digest, follow_version, category_id, urgency, text, place_note, channel,
    external_number, hide_requester, is_public, published_at, recorded_by_label, collector_role,
    state, voices, is_binding, submitted_at, dispatched_at, due_at, replied_at, closed_at, replied_by_id, reopened_count
)
SELECT place.building, place.street, place.community, place.grid, place.branch, place.building, place.grid,
    'ZY-2022-' || lpad(n::text, 7, '0'), gen_random_uuid(), md5(n::text) || md5((-n)::text), 1,
    kind.id, kind.urgency,
    place.name || (ARRAY['东侧路灯不亮','下水道堵了，污水返上来','电梯运行有异响','楼道堆放杂物，消防通道不畅',
        '屋面漏水，墙皮脱落','宠物狗没有牵绳','充电桩坏了，没有人来修','小广告贴满单元门',
        '广场舞声音太大，老人休息不好','停车占了绿地'])[1 + n % 10]
        || '，已经' || (2 + n % 28) || '天，'
        || (ARRAY['请安排人来看看','老人出行不便','孩子上学要经过','反映过一次','希望尽快处理'])[1 + (n / 7) % 5]
        || CASE WHEN n % 400 = 0 THEN '，旁边有马蜂窝' ELSE '' END,
    (1 + n % 6) || ' 单元', (ARRAY['web','qr','phone','counter','visit'])[1 + n % 5],
    '', false, n % 5 = 0, CASE WHEN n % 5 = 0 THEN at END, '', '',
    state, 1, false, at, CASE WHEN state <> 'submitted' THEN at + interval '1 hour' END,
    CASE WHEN is_open THEN at + interval '5 days' END,
    CASE WHEN NOT is_open OR state = 'replied' THEN at + interval '3 days' END,
    CASE WHEN NOT is_open THEN at + interval '4 days' END,
    CASE WHEN NOT is_open OR state = 'replied' THEN 1 END, 0
FROM (
    SELECT n, now() - make_interval(secs => (%(count)s - n) * 94608000.0 / %(count)s) AS at,
        n > %(count)s - %(open)s AS is_open,
        CASE WHEN n > %(count)s - %(open)s
            THEN (ARRAY['submitted','dispatched','signed','working','replied'])[1 + n % 5]
            ELSE (ARRAY['closed_solved','closed_solved','closed_solved','closed_explained'])[1 + n % 4] END AS state
    FROM generate_series(1, %(count)s) AS n
) AS one
JOIN (
    SELECT row_number() OVER (ORDER BY building.id) - 1 AS place, building.id AS building, building.name,
        branch.id AS branch, grid.id AS grid, community.id AS community, community.parent_id AS street
    FROM neighborhoods_area building
    JOIN neighborhoods_area branch ON branch.id = building.parent_id
    JOIN neighborhoods_area grid ON grid.id = branch.parent_id
    JOIN neighborhoods_area community ON community.id = grid.parent_id
    WHERE building.level = 4
) AS place ON place.place = (n * 7919) % (SELECT count(*) FROM neighborhoods_area WHERE level = 4)
JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS kind, id, urgency FROM governance_category) AS kind
    ON kind.kind = n % 40
"""
_LINES = """
INSERT INTO governance_timelineentry
    (issue_id, kind, at, actor_label, from_state, to_state, text, reason, audience, area_id, photo_ids)
SELECT id, line.kind, submitted_at + line.after, '周某，示例社区', '', line.to_state, '', '', line.audience,
    holder_area_id, '{}'
FROM governance_issue, (VALUES
    ('issue.submitted', interval '0', 'submitted', 1), ('issue.signed', interval '1 hour', 'signed', 1),
    ('issue.contacted', interval '2 hours', 'working', 1), ('issue.replied', interval '3 days', 'replied', 2)
) AS line(kind, after, to_state, audience)
WHERE closed_at IS NOT NULL OR line.to_state IN ('submitted', 'signed')
"""
_CLOCKS = """
INSERT INTO governance_clock
    (issue_id, step, version_id, started_at, due_at, ended_at, state, paused_seconds, is_unconfirmed,
    next_rung, next_rung_at)
SELECT id, CASE WHEN state = 'submitted' THEN 'accept' WHEN state = 'replied' THEN 'callback' ELSE 'done' END,
    (SELECT min(id) FROM governance_limitversion), submitted_at, submitted_at + interval '5 days', closed_at,
    CASE WHEN closed_at IS NULL THEN 'running' ELSE 'met' END, 0, false, 3,
    CASE WHEN closed_at IS NULL THEN submitted_at + interval '5 days' END
FROM governance_issue
"""
_DISPATCHES = """
INSERT INTO governance_dispatch
    (issue_id, area_id, at, by_label, note, is_binding, return_reason, return_basis, ended_at)
SELECT id, holder_area_id, dispatched_at, 'system', '', false, '', '', closed_at
FROM governance_issue WHERE dispatched_at IS NOT NULL
"""
_REPLIES = """
INSERT INTO governance_reply (issue_id, at, by_id, by_label, text, claims_solved)
SELECT id, replied_at, 1, '周某，示例社区', '已经处理好了，请您看看。', true
FROM governance_issue WHERE replied_at IS NOT NULL
"""


def fill(count: int) -> None:
    """So many cases with their history, clocks, dispatches and replies; then what a nightly vacuum would do."""
    with connection.cursor() as cursor:
        cursor.execute(_escaped(_ISSUES), {"count": count, "open": max(count * 4 // 100, LEAST_OPEN)})
        for statement in (_LINES, _CLOCKS, _DISPATCHES, _REPLIES):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")


def _escaped(statement: str) -> str:
    """A lone percent sign is SQL's modulo; the driver wants it twice."""
    return statement.replace("%", "%%").replace("%%(", "%(")


def follow_page_of(issue: Issue) -> str:
    """The private page of a case; rows made in the database carry no real digest yet."""
    token = follow_token(issue)
    Issue.objects.filter(pk=issue.pk).update(follow_digest=digest_of(token))
    return f"/f/{token}/"
