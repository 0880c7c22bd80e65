import { createApp } from 'vue'
import App from './App.vue'
import { loadMessages } from './i18n'
import { router } from './router'
import './vant'
import './theme.css'

// Without its own language the client still works: Chinese stands in.
void loadMessages()
  .catch(() => undefined)
  .then(() => createApp(App).use(router).mount('#app'))
