import { watchEffect } from 'vue'
import { t } from '../i18n'

/** Keeps the document's title, which screen readers announce after a navigation. */
export function useTitle(title: () => string): void {
  watchEffect(() => {
    document.title = title() ? `${title()} · ${t('app.name')}` : t('app.name')
  })
}
