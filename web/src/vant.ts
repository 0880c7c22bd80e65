// The parts of Vant that the client uses. Its icon font (34 kB) is left out: icons are our own SVG.

import 'vant/es/style/base.css'
import 'vant/es/badge/index.css'
import 'vant/es/loading/index.css'
import 'vant/es/button/index.css'
import 'vant/es/action-bar/index.css'
import 'vant/es/action-bar-button/index.css'
import 'vant/es/sticky/index.css'
import 'vant/es/swipe/index.css'
import 'vant/es/tab/index.css'
import 'vant/es/tabs/index.css'
