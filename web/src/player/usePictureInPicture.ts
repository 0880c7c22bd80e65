// The lecture in a small window above other programs. While a prompt waits, a slate stands there instead that says so:
// browsers draw nothing of the page over a picture in picture, and no other picture without a tap unless one is there.

import { onBeforeUnmount, ref, watch, type Ref } from 'vue'

const SLATE = { width: 640, height: 360 }

export function usePictureInPicture(
  video: Readonly<Ref<HTMLVideoElement | undefined>>,
  waiting: () => boolean,
  words: () => string[],
) {
  const possible = document.pictureInPictureEnabled === true
  const active = ref(false)
  let slate: HTMLVideoElement | null = null

  const shown = (): boolean =>
    document.pictureInPictureElement !== null && [video.value, slate].includes(shownElement() ?? undefined)
  const shownElement = (): HTMLVideoElement | null => document.pictureInPictureElement as HTMLVideoElement | null

  function followed(element: HTMLVideoElement): void {
    element.addEventListener('enterpictureinpicture', () => (active.value = true))
    // One takes the other's place: whether there still is one shows a moment later.
    element.addEventListener('leavepictureinpicture', () => setTimeout(() => (active.value = shown())))
  }

  async function toggle(): Promise<void> {
    if (shown()) return leave()
    slate ??= slateOf(words())
    // A browser that refuses has said why, or was asked without a tap.
    await Promise.all([slate.play(), video.value?.requestPictureInPicture()]).catch(() => undefined)
  }

  async function leave(): Promise<void> {
    await document.exitPictureInPicture().catch(() => undefined)
  }

  async function show(element: HTMLVideoElement | null | undefined): Promise<void> {
    if (!element || !shown() || shownElement() === element) return
    // A picture that goes away says it, too.
    await element.requestPictureInPicture().catch(leave)
  }

  watch(video, (element) => element && followed(element))
  watch(waiting, (waits) => void show(waits ? slate : video.value))
  onBeforeUnmount(() => {
    if (shown()) void leave()
    slate?.pause()
  })

  function slateOf(lines: string[]): HTMLVideoElement {
    const element = document.createElement('video')
    followed(element)
    element.muted = true
    element.playsInline = true
    element.srcObject = streamOf(lines)
    return element
  }

  return { possible, active, toggle }
}

/** A still picture of words, drawn while the page is seen: out of sight browsers draw nothing. */
function streamOf(lines: string[]): MediaStream {
  const canvas = Object.assign(document.createElement('canvas'), SLATE)
  const pen = canvas.getContext('2d')
  const stream = canvas.captureStream()
  if (!pen) return stream
  pen.fillStyle = '#071f26'
  pen.fillRect(0, 0, SLATE.width, SLATE.height)
  pen.textAlign = 'center'
  lines.forEach((line, index) => {
    pen.fillStyle = index === 0 ? '#f4c95d' : '#eaf3f5'
    pen.font = `${index === 0 ? 600 : 400} ${index === 0 ? 44 : 28}px system-ui, sans-serif`
    pen.fillText(line, SLATE.width / 2, SLATE.height / 2 + index * 56 - 14, SLATE.width - 40)
  })
  return stream
}
