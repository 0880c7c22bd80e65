// The media port on a <video> element. hls.js is loaded only when a lecture is.

import type Hls from 'hls.js/light'
import type { Media } from '@xueshi/client'

const NETWORK_RETRY_MS = 3_000

export class DomMedia implements Media {
  private hls: Hls | null = null
  /** Where to go as soon as the element knows its media. */
  private pending: number | null = null
  private url = ''
  private loads = 0
  private recovered = false
  /** Attaching media pauses the element; what was wanted before is taken up again. */
  private wanted = false

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly failed: () => void,
  ) {
    video.addEventListener('loadedmetadata', () => this.arrive())
    video.addEventListener('error', () => {
      if (this.hls === null && video.hasAttribute('src')) failed()
    })
  }

  position(): number {
    return this.pending ?? Math.floor(this.video.currentTime * 1000)
  }

  load(url: string): void {
    this.url = url
    this.pending ??= 0
    void this.attach().catch(this.failed)
  }

  /** Loads the same media again, after a failure. */
  reload(): void {
    this.pending = this.position()
    void this.attach().catch(this.failed)
  }

  async play(): Promise<void> {
    this.wanted = true
    try {
      await this.video.play()
    } catch (thrown) {
      // Anything but "a tap first" is told by the element's events, or is a pause that came in between.
      if (thrown instanceof DOMException && thrown.name === 'NotAllowedError') throw thrown
    }
  }

  pause(): void {
    this.wanted = false
    this.video.pause()
  }

  seek(to: number): void {
    if (this.video.readyState >= HTMLMediaElement.HAVE_METADATA) this.video.currentTime = to / 1000
    else this.pending = to
  }

  destroy(): void {
    this.loads += 1
    this.hls?.destroy()
    this.hls = null
    this.video.removeAttribute('src')
  }

  private arrive(): void {
    if (this.pending !== null) this.video.currentTime = this.pending / 1000
    this.pending = null
    if (this.wanted) void this.play().catch(this.failed)
  }

  private async attach(): Promise<void> {
    const mine = (this.loads += 1)
    this.hls?.destroy()
    this.hls = null
    this.recovered = false
    const { default: HlsPlayer } = await import('hls.js/light')
    if (mine !== this.loads) return
    // Asked first, because browsers that play HLS by themselves claim more than they do.
    if (!HlsPlayer.isSupported()) {
      this.video.src = this.url
      return
    }
    this.hls = new HlsPlayer({ startPosition: (this.pending ?? 0) / 1000 })
    this.listen(HlsPlayer, this.hls)
    this.hls.loadSource(this.url)
    this.hls.attachMedia(this.video)
  }

  private listen(HlsPlayer: typeof Hls, hls: Hls): void {
    const { Events, ErrorTypes } = HlsPlayer
    hls.on(Events.ERROR, (_event, data) => {
      if (!data.fatal || this.hls !== hls) return
      if (data.type === ErrorTypes.NETWORK_ERROR && hls.levels.length > 0) {
        // The network comes back; what is buffered plays on meanwhile.
        setTimeout(() => this.hls === hls && hls.startLoad(), NETWORK_RETRY_MS)
      } else if (data.type === ErrorTypes.MEDIA_ERROR && !this.recovered) {
        this.recovered = true
        hls.recoverMediaError()
      } else {
        this.failed()
      }
    })
  }
}
