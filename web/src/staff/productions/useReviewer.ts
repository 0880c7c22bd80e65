// By whom the learner's page says that a draft was reviewed: asked once, and remembered on the device.

import { ref, watch, type Ref } from 'vue'

const STORED = 'xueshi.reviewer'

export function useReviewer(): Ref<string> {
  const name = ref(localStorage.getItem(STORED) ?? '')
  watch(name, (given) => localStorage.setItem(STORED, given.trim()))
  return name
}
