"""What credits holds of a person: the profile, certificates, the ledger, what was issued, declared and told."""

from services.credits.app.access.items import SIGN_INS, SignIn, access_pk
from services.credits.app.attestations.items import ATTESTATIONS, PRINTED_NAMES, PrintedName
from services.credits.app.certificates.items import CERTIFICATES, HOLDERS, CertificateHolder
from services.credits.app.context import Context
from services.credits.app.declarations.items import DECLARATIONS
from services.credits.app.identities.items import read_identities
from services.credits.app.ledger.items import learner_pk, read_entries
from services.credits.app.notices.items import NOTICES, mail_settings_key
from services.credits.app.planning.items import PlanSettings, plan_settings_key
from services.credits.app.profiles.items import CHANGES, ProfileChange, person_pk, profile_key
from services.credits.app.push.items import DEVICES, push_settings_key
from services.credits.domain.attestations import Attestation
from services.credits.domain.certificates import Certificate
from services.credits.domain.declarations import Declaration
from services.credits.domain.ids import LearnerId
from services.credits.domain.notices import MailSettings, Notice
from services.credits.domain.profile import Profile
from services.credits.domain.push import Device, PushSettings
from services.kit.personal_data import Section, section
from services.kit.store import read_or


def collect_personal_data(ctx: Context, learner_id: str) -> list[Section]:
    """All of it."""
    whose = LearnerId(learner_id)
    account, person, query = learner_pk(whose), person_pk(whose), ctx.store.query
    return [
        section("profile", "个人资料", "Profile", [read_or(ctx.store, profile_key(whose), Profile())]),
        section("profile_changes", "资料修改", "Changes of the profile", query(person, CHANGES, ProfileChange)),
        section("certificates", "证书", "Certificates", query(account, CERTIFICATES, Certificate)),
        section(
            "holders", "证书姓名与证明", "Names and proofs of certificates", query(person, HOLDERS, CertificateHolder)
        ),
        section("ledger", "学时账", "The ledger of hours", read_entries(ctx.store, whose)),
        section("attestations", "学时证明", "Certificates of completion", query(account, ATTESTATIONS, Attestation)),
        section("printed_names", "证明上的姓名", "Names on them", query(person, PRINTED_NAMES, PrintedName)),
        section("declarations", "申报", "Declarations", query(account, DECLARATIONS, Declaration)),
        section("sign_ins", "登录记录", "Sign-ins", query(access_pk(whose), SIGN_INS, SignIn)),
        section("identities", "登录方式", "Ways to sign in", [read_identities(ctx.store, whose)]),
        section("notices", "通知", "Notices", query(account, NOTICES, Notice)),
        section(
            "mail_settings",
            "邮件设置",
            "Settings of mail",
            [read_or(ctx.store, mail_settings_key(whose), MailSettings())],
        ),
        section(
            "plan_settings",
            "学习计划设置",
            "Settings of the plan",
            [read_or(ctx.store, plan_settings_key(whose), PlanSettings())],
        ),
        section("devices", "推送设备", "Devices that are told", query(person, DEVICES, Device)),
        section(
            "push_settings",
            "推送设置",
            "Settings of push",
            [read_or(ctx.store, push_settings_key(whose), PushSettings())],
        ),
    ]
