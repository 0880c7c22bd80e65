"""WeChat's bridge, for browsers that only say they are WeChat's: who pays is asked by the browser's own dialog.

WeChat's browser puts its bridge into every page; on this machine the local edge puts this script there.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.payments.sandbox import Sandbox
from local.wechat.sandbox import WeChat, openid_of, person_of

PATH = "/_local/wechat-bridge"
SCRIPT = f"{PATH}.js"
ASKED = "微信支付沙箱：支付吗？ · WeChat Pay sandbox: pay?"
_SCRIPT = f"""
window.WeixinJSBridge = {{
  async invoke(name, parameters, answered) {{
    if (name !== 'getBrandWCPayRequest') return answered({{ err_msg: 'system:function_not_exist' }})
    const body = JSON.stringify({{ parameters, action: confirm('{ASKED}') ? 'pay' : 'cancel' }})
    const answer = await fetch('{PATH}', {{ method: 'POST', body }})
    answered({{ err_msg: `get_brand_wcpay_request:${{(await answer.json()).said}}` }})
  }},
}}
document.dispatchEvent(new Event('WeixinJSBridgeReady'))
"""


def bridge_routes(payments: Sandbox, wechat: WeChat) -> list[Route]:
    """The script, and what it asks once the person of the phone has said whether they pay."""

    def script(_: Request) -> Response:
        return Response(_SCRIPT, media_type="text/javascript", headers={"cache-control": "no-store"})

    async def ask(request: Request) -> Response:
        asked = await request.json()
        openid = openid_of(wechat.account.app_id, person_of(request.cookies))
        return JSONResponse({"said": payments.bridged(asked["parameters"], openid, asked["action"])})

    return [Route(SCRIPT, script, methods=["GET"]), Route(PATH, ask, methods=["POST"])]
