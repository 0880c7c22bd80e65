"""The texts in which codes are sent. They name nobody, and are the same for everybody."""


def code_text(code: str) -> str:
    """A short message, as the templates say that providers keep."""
    return f"【学时】验证码 {code}，5 分钟内有效。请勿告诉任何人，包括自称工作人员的人。"


def code_mail(code: str) -> tuple[str, str]:
    """Subject and text of a mail, in Chinese and English."""
    return (
        f"学时验证码 {code} · Your Xueshi code",
        f"您的验证码是 {code}，5 分钟内有效。\n如果不是您本人操作，请忽略此邮件，不要把验证码告诉任何人。\n\n"
        f"Your code is {code}. It is good for five minutes.\n"
        "If you did not ask for it, ignore this mail, and give the code to nobody.\n",
    )
