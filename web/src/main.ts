import { createApp } from 'vue'
import App from './App.vue'
import { loadMessages } from './i18n'
import { written } from './i18n/written'
import { router } from './router'
import './vant'
import './theme.css'

// Without its own language the client still works: Chinese stands in.
void loadMessages()
  .catch(() => undefined)
  .then(() => createApp(App).directive('written', written).use(router).mount('#app'))
  // Without it the client works as well, as long as there is a line.
  .then(async () => {
    if (import.meta.env.PROD) await navigator.serviceWorker?.register('/sw.js')
  })
  .catch(() => undefined)
