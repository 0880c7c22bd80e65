"""What the learner reads of a plan: why it does not fill what is missing, and its courses in a calendar."""

from services.credits.app.texts.reasons import Text
from services.credits.app.texts.wording import CATEGORIES, day_en, day_zh, hours_text
from services.credits.domain.planning import Access, Obstacle, Step

OBSTACLE_TEXTS = {
    Obstacle.TOO_FEW_COURSES: Text(
        "目前能计入的课程不够补足这部分学时；新课程上架后会自动纳入计划。",
        "There are not enough courses now whose hours count here; new ones join the plan once they are published.",
    ),
    Obstacle.TOO_LITTLE_TIME: Text(
        "按现在的每周时间来不及在截止日前看完；请增加每周学习时间，或尽早开始。",
        "At this pace not all of it is watched by the deadline: take more time a week, and begin soon.",
    ),
    Obstacle.YEAR_OVER: Text(
        "这一年已经结束，少的学时补不回来；如有疑问请联系客服。",
        "That year is over, and nothing watched now fills it; customer service can help with questions.",
    ),
}

_ACCESS = {
    Access.OWNED: Text("您已拥有", "you own it"),
    Access.CLAIMABLE: Text("会员可免费领取", "to be claimed as a member"),
    Access.LIBRARY: Text("会员课程库", "in the members' library"),
    Access.PRICED: Text("需购买", "to be bought"),
}


def step_summary(step: Step) -> str:
    """One line in the calendar, in both languages."""
    course = step.choice.offer.course
    return f"学完《{course.title}》 · Finish “{course.title_en or course.title}”"


def step_text(step: Step) -> Text:
    """What a course brings, how it is come by, and by when it is wanted."""
    course = step.choice.offer.course
    access = _ACCESS[Access.PRICED if step.choice.bought else step.choice.offer.access]
    category_zh, category_en = CATEGORIES[course.category]
    hours, certificates = hours_text(course.hours), "、".join(sorted(step.choice.offer.serves))
    certificates_en = ", ".join(sorted(step.choice.offer.serves))
    return Text(
        f"{category_zh} {hours} 学时（{certificates}）；{access.zh}；最迟{day_zh(step.by)}完成。",
        f"{hours} {category_en} hours ({certificates_en}); {access.en}; by {day_en(step.by)} at the latest.",
    )
