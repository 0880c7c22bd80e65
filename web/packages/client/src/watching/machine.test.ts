import { describe, expect, it } from 'vitest'
import { isOffline } from './machine.js'
import { World, type Device, type Setup } from './simulation.js'

function opened(setup: Setup = {}, random?: () => number): { world: World; device: Device } {
  const world = new World(setup)
  return { world, device: world.watching(random) }
}

/** Confirms prompts as they come, a few seconds after each. */
function attentive(device: Device): () => void {
  let seen = 0
  return () => {
    if (!device.model.watch?.prompt) seen = 0
    else if ((seen += 1) === 12) device.session.dispatch({ type: 'confirm' })
  }
}

/** The same sequence for the same seed, in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

describe('watching', () => {
  it('completes a lecture with its prompts, beating when it was told to', async () => {
    const { world, device } = opened()
    await world.run(90_000, attentive(device))
    expect(device.model.phase).toBe('completed')
    expect(world.service.furthest).toBeGreaterThanOrEqual(58_000)
    expect(world.service.confirmed).toBe(2)
    expect(world.service.sessions).toBe(1)
    expect(device.mostInFlight).toBe(1)
    expect(device.sent.filter((r) => r.kind === 'confirm')).toHaveLength(2)
  })

  it('goes on where it was left, and no further', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(15_000)
    void device.session.close()
    await world.run(1_000)
    const saved = world.service.furthest
    expect(saved).toBeGreaterThan(14_000)
    const second = world.watching(undefined, 50_000)
    await world.run(500)
    expect(second.model.phase).toBe('open')
    expect(Math.abs(second.media.at - saved)).toBeLessThan(1_000)
  })

  it('begins at a chapter that lies within what was watched', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(30_000)
    void device.session.close()
    await world.run(500)
    const second = world.watching(undefined, 4_000)
    await world.run(1_000)
    expect(second.media.at).toBeLessThan(6_000)
    expect(second.model.frontier).toBe(world.service.furthest)
  })

  it('begins anew after completion only when asked to, and once', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(140_000)
    expect(device.model.phase).toBe('completed')
    void device.session.close()
    const again = world.device()
    again.session.dispatch({ type: 'open', newAttempt: true })
    again.session.dispatch({ type: 'play' })
    await world.run(10_000)
    expect(again.model.phase).toBe('open')
    expect(again.model.watch?.watch_id).toBe('watch-2')
    expect(world.service.furthest).toBeLessThan(12_000)
    await world.run(70_000)
    expect(again.model.phase).toBe('completed')
    expect(world.service.attempt).toBe(2)
    expect(again.sent.filter((r) => r.kind === 'start' && r.newAttempt)).toHaveLength(1)
  })

  it('waits for the learner when the browser refuses to play unasked', async () => {
    const world = new World()
    const device = world.device()
    device.media.blocked = true
    device.session.dispatch({ type: 'open' })
    await world.run(1_000)
    expect(device.media.playing).toBe(false)
    device.session.dispatch({ type: 'play' })
    await world.run(5_000)
    expect(device.model.halt).toBe('blocked')
    device.media.blocked = false
    device.session.dispatch({ type: 'play' })
    await world.run(15_000)
    expect(world.service.furthest).toBeGreaterThan(7_000)
  })

  it('says so when the media ends before the lecture does', async () => {
    const { world, device } = opened({ promptsAt: [], mediaEndsAt: 30_000 })
    await world.run(60_000)
    expect(device.model.halt).toBe('media')
    expect(device.media.playing).toBe(false)
  })
})

describe('pausing', () => {
  it('saves at once, gives the session back, and loses nothing however long it lasts', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(13_000)
    device.session.dispatch({ type: 'pause' })
    await world.run(1_000)
    expect(world.service.furthest).toBe(device.model.frontier)
    const played = device.model.frontier
    await world.run(3_600_000)
    device.session.dispatch({ type: 'play' })
    expect(device.media.playing).toBe(true)
    await world.run(20_000)
    expect(device.media.shown).toBeGreaterThan(played + 18_000)
    expect(world.service.sessions).toBe(2)
    expect(device.model.problem).toBeNull()
  })

  it('saves when the page is left or out of sight', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(5_000)
    device.session.dispatch({ type: 'hidden', leaving: false })
    expect(device.sent.at(-1)?.kind).toBe('beat')
    await world.run(2_000)
    device.session.dispatch({ type: 'hidden', leaving: true })
    expect(device.sent.at(-1)?.kind).toBe('pause')
  })

  it('sends again at once what was to be sent again later, when the page goes out of sight', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(5_000)
    device.online = false
    await world.run(10_000)
    while (device.model.call?.retryAt === null) await world.run(250)
    const sent = device.sent.length
    device.online = true
    device.session.dispatch({ type: 'hidden', leaving: false })
    expect(device.sent.length).toBe(sent + 1)
    await world.run(1_000)
    expect(world.service.furthest).toBeGreaterThan(5_000)
  })

  it('starts a session again when its own has expired meanwhile, without a visible break', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(8_000)
    // The computer sleeps: no calls, no play, then all at once.
    world.now += 300_000
    await world.run(20_000)
    expect(device.model.phase).toBe('open')
    expect(device.model.problem).toBeNull()
    expect(world.service.sessions).toBe(2)
    expect(world.service.furthest).toBeGreaterThan(20_000)
  })
})

describe('the seek bar', () => {
  it('goes back freely and stops at what was played', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(20_000)
    const { frontier } = device.model
    device.session.dispatch({ type: 'seek', to: 55_000 })
    expect(device.media.at).toBe(frontier)
    device.session.dispatch({ type: 'seek', to: 3_000 })
    expect(device.media.at).toBe(3_000)
    await world.run(10_000)
    expect(device.model.frontier).toBe(frontier)
    expect(world.service.furthest).toBe(frontier)
  })

  it('a script that seeks in forty steps of 0.9 s gets no further than the clock', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(5_000)
    const before = device.model.frontier
    for (let i = 0; i < 40; i += 1) {
      device.media.at += 900
      device.session.poll()
    }
    expect(device.model.frontier - before).toBeLessThanOrEqual(500)
    expect(device.media.at).toBeLessThanOrEqual(device.model.frontier + 100)
    device.session.dispatch({ type: 'pause' })
    const paused = device.model.frontier
    for (let i = 0; i < 40; i += 1) {
      device.media.at += 90
      await world.run(1_000)
    }
    expect(device.model.frontier).toBe(paused)
    expect(device.media.at).toBeLessThanOrEqual(paused + 100)
  })

  it('a script that jumps to the end is put back, and the lecture goes on', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(5_000)
    device.media.at = 60_000
    await world.run(10_000)
    expect(device.model.phase).toBe('open')
    expect(world.service.furthest).toBeLessThan(16_000)
    await world.run(60_000)
    expect(device.model.phase).toBe('completed')
  })

  it('a script that plays at twice the speed gains nothing', async () => {
    const { world, device } = opened({ promptsAt: [], durationMs: 120_000 })
    device.media.rate = 2
    await world.run(40_000)
    expect(device.model.frontier).toBeLessThanOrEqual(40_500)
    expect(world.service.furthest).toBeLessThanOrEqual(40_500)
  })
})

describe('prompts', () => {
  it('stops the lecture where the learner saw it, and waits as long as it takes', async () => {
    const { world, device } = opened()
    await world.run(25_000)
    expect(device.model.watch?.prompt?.index).toBe(0)
    expect(device.media.playing).toBe(false)
    expect(device.media.at).toBe(23_250)
    expect(world.service.furthest).toBeGreaterThan(20_000)
    await world.run(1_800_000)
    expect(device.model.watch?.prompt?.index).toBe(0)
    expect(world.service.sessions).toBe(1)
    // A script that presses play is stopped again.
    void device.media.play()
    device.session.dispatch({ type: 'play' })
    expect(device.media.playing).toBe(false)
    device.session.dispatch({ type: 'confirm' })
    await world.run(2_000)
    expect(device.model.watch?.prompt).toBeNull()
    expect(device.media.playing).toBe(true)
  })

  it('is confirmed once, though its answer is lost', async () => {
    const { world, device } = opened()
    await world.run(25_000)
    device.online = false
    device.session.dispatch({ type: 'confirm' })
    await world.run(10_000)
    expect(isOffline(device.model)).toBe(true)
    device.online = true
    await world.run(20_000)
    expect(world.service.confirmed).toBe(1)
    const confirmations = device.sent.filter((r) => r.kind === 'confirm')
    expect(new Set(confirmations.map((r) => JSON.stringify(r))).size).toBe(1)
  })

  it('is confirmed after the session that showed it has ended', async () => {
    const { world, device } = opened()
    // The pause's answer brings the prompt, and gives the session back.
    await world.run(20_750)
    device.session.dispatch({ type: 'pause' })
    await world.run(600_000)
    expect(device.model.watch?.prompt?.index).toBe(0)
    device.session.dispatch({ type: 'confirm' })
    await world.run(2_000)
    expect(world.service.confirmed).toBe(1)
    expect(device.media.playing).toBe(true)
  })
})

describe('the network', () => {
  it('cut for two minutes: stops at the gap cap, says why, and loses nothing', async () => {
    const { world, device } = opened({ promptsAt: [], durationMs: 180_000 })
    await world.run(16_000)
    const saved = world.service.furthest
    device.online = false
    await world.run(60_000)
    expect(device.model.halt).toBe('gap')
    expect(device.media.playing).toBe(false)
    expect(device.unsaved).toBe(30_000)
    device.session.dispatch({ type: 'play' })
    expect(device.media.playing).toBe(false)
    await world.run(60_000)
    device.online = true
    device.session.dispatch({ type: 'retryNow' })
    await world.run(2_000)
    expect(device.model.halt).toBeNull()
    expect(device.media.playing).toBe(true)
    expect(world.service.furthest).toBeGreaterThanOrEqual(saved + 30_000)
  })

  it('repeats exactly the request that was not answered, ever more slowly', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(5_000)
    device.online = false
    const before = device.sent.length
    await world.run(120_000)
    const retries = device.sent.slice(before).map((r) => JSON.stringify(r))
    expect(new Set(retries).size).toBe(1)
    expect(retries.length).toBeGreaterThan(5)
    expect(retries.length).toBeLessThan(20)
  })

  it('a failing service is asked again; a refusal for good is shown with what was saved', async () => {
    const { world, device } = opened()
    void device.session.close()
    const second = world.device()
    await world.run(61_000)
    world.service.refuseStart.push(
      { status: 503, code: 'INTERNAL' },
      { status: 409, code: 'BUSY' },
      { status: 403, code: 'ENTITLEMENT_ENDED' },
    )
    second.session.dispatch({ type: 'open' })
    await world.run(10_000)
    expect(second.model.phase).toBe('refused')
    expect(second.model.problem?.code).toBe('ENTITLEMENT_ENDED')
    second.session.dispatch({ type: 'open' })
    await world.run(1_000)
    expect(second.model.phase).toBe('open')
  })

  it('waits for an entitlement that was granted a moment ago, but not for ever', async () => {
    const world = new World()
    const device = world.device()
    for (const code of ['NOT_ENTITLED', 'ENTITLEMENT_REVOKED', 'NOT_ENTITLED']) {
      world.service.refuseStart.push({ status: 403, code })
    }
    device.session.dispatch({ type: 'open', entitled: true })
    await world.run(2_000)
    expect(device.model.call?.waiting).toBe(true)
    await world.run(8_000)
    expect(device.model.phase).toBe('open')
    const other = new World()
    const never = other.device()
    for (let i = 0; i < 99; i += 1) other.service.refuseStart.push({ status: 403, code: 'NOT_ENTITLED' })
    never.session.dispatch({ type: 'open', entitled: true })
    await other.run(15_000)
    expect(never.model.phase).toBe('opening')
    await other.run(15_000)
    expect(never.model.phase).toBe('refused')
    const stranger = new World()
    stranger.service.refuseStart.push({ status: 403, code: 'NOT_ENTITLED' })
    const visitor = stranger.device()
    visitor.session.dispatch({ type: 'open' })
    await stranger.run(1_000)
    expect(visitor.model.phase).toBe('refused')
  })
})

describe('several devices', () => {
  it('asks before it takes over, and the first device learns what was saved', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(12_000)
    const second = world.watching()
    await world.run(1_000)
    expect(second.model.phase).toBe('takeover')
    expect(device.model.phase).toBe('open')
    second.session.dispatch({ type: 'takeOver' })
    await world.run(10_000)
    expect(second.model.phase).toBe('open')
    expect(device.model.phase).toBe('superseded')
    expect(device.media.playing).toBe(false)
    expect(device.model.problem?.code).toBe('LEASE_SUPERSEDED')
    device.session.dispatch({ type: 'takeOver' })
    await world.run(10_000)
    expect(device.model.phase).toBe('open')
    expect(second.model.phase).toBe('superseded')
    expect(device.model.frontier).toBeLessThanOrEqual(world.service.furthest + 10_000)
  })
})

describe('letting go', () => {
  /** What somebody who opens another lecture meets. */
  async function nextPhase(world: World): Promise<string> {
    const next = world.device()
    next.session.dispatch({ type: 'open' })
    await world.run(1_000)
    return next.model.phase
  }

  it('of a lecture that is complete: nobody is asked to take over', async () => {
    const { world, device } = opened()
    const confirm = attentive(device)
    while (world.now < 90_000 && device.model.phase !== 'completed') await world.run(250, confirm)
    expect(world.service.leaseUntil).toBeLessThanOrEqual(world.now)
    expect(await nextPhase(world)).toBe('completed')
  })

  it.each([
    ['before it was played', 500, false],
    ['while it plays', 9_000, false],
    ['while a beat is under way', 7_750, true],
    ['while the first call is under way', 0, true],
    ['at a prompt', 25_000, false],
  ])('when the page is left %s', async (name, after, busy) => {
    const world = new World()
    const device = world.device()
    device.session.dispatch({ type: 'open' })
    if (name !== 'before it was played') device.session.dispatch({ type: 'play' })
    await world.run(after)
    expect(device.inFlight).toBe(busy ? 1 : 0)
    const closed = device.session.close()
    await world.run(1_000)
    await closed
    expect(device.sent.at(-1)?.kind).toBe('pause')
    expect(device.mostInFlight).toBe(1)
    expect(await nextPhase(world)).toBe('open')
  })

  it('is over at once when nothing can be reached', async () => {
    const { world, device } = opened()
    await world.run(9_000)
    device.online = false
    const sent = device.sent.length
    const closed = device.session.close()
    await world.run(1_000)
    await closed
    await world.run(60_000)
    expect(device.sent.length).toBe(sent + 1)
  })

  it('and watching again holds a session only while it plays', async () => {
    const { world, device } = opened({ promptsAt: [], durationMs: 300_000, mediaEndsAt: 300_000 })
    await world.run(310_000)
    expect(device.model.phase).toBe('completed')
    expect(device.media.playing).toBe(false)
    device.session.dispatch({ type: 'seek', to: 0 })
    device.session.dispatch({ type: 'play' })
    await world.run(200_000, () => expect(device.model.phase).toBe('completed'))
    expect(device.media.at).toBeGreaterThan(195_000)
    expect(world.service.sessions).toBe(2)
    expect(await nextPhase(world)).toBe('takeover')
    device.session.dispatch({ type: 'pause' })
    await world.run(500)
    expect(await nextPhase(world)).toBe('completed')
  })

  it('and watching again, stopped and played on at once, goes on with a session', async () => {
    const { world, device } = opened({ promptsAt: [], durationMs: 30_000, mediaEndsAt: 30_000 })
    await world.run(40_000)
    device.session.dispatch({ type: 'seek', to: 0 })
    for (const type of ['play', 'play', 'pause', 'play'] as const) device.session.dispatch({ type })
    await world.run(3_000)
    for (const type of ['pause', 'play'] as const) device.session.dispatch({ type })
    await world.run(3_000)
    expect([device.model.phase, device.model.leased, world.service.sessions]).toEqual(['completed', true, 3])
  })

  it('and watching again gives it back at the end', async () => {
    const { world, device } = opened({ promptsAt: [], durationMs: 30_000, mediaEndsAt: 30_000 })
    await world.run(40_000)
    device.session.dispatch({ type: 'seek', to: 20_000 })
    device.session.dispatch({ type: 'play' })
    await world.run(12_000)
    expect(device.media.playing).toBe(false)
    expect(await nextPhase(world)).toBe('completed')
  })
})

describe('limits', () => {
  it('stops when the day is used up', async () => {
    const { world, device } = opened({ promptsAt: [], dayLeftMs: 10_000 })
    await world.run(30_000)
    expect(device.model.halt).toBe('day')
    expect(device.media.at).toBe(10_000)
    expect(device.media.playing).toBe(false)
  })

  it('replaces its own session when a token turns out to be used', async () => {
    const { world, device } = opened({ promptsAt: [] })
    await world.run(9_000)
    world.service.version += 1
    await world.run(9_000)
    expect(device.model.phase).toBe('open')
    expect(world.service.sessions).toBe(2)
  })

  it('does not start sessions for ever when every one ends at once', async () => {
    const { world, device } = opened({ leaseMs: 0 })
    await world.run(60_000)
    expect(device.model.phase).toBe('refused')
    expect(world.service.sessions).toBe(4)
  })
})

describe('whatever happens', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'holds its invariants and completes (seed %i)',
    async (seed) => {
      const random = seeded(seed + 1)
      const { world, device } = opened({ durationMs: 90_000, promptsAt: [21_000, 55_000] }, random)
      device.loss = 0.2
      const confirm = attentive(device)
      const meddle = (): void => {
        confirm()
        const dice = random()
        if (dice < 0.01) device.online = false
        else if (dice < 0.05) device.online = true
        else if (dice < 0.07) device.session.dispatch({ type: 'pause' })
        else if (dice < 0.12) device.session.dispatch({ type: 'play' })
        else if (dice < 0.14) device.session.dispatch({ type: 'seek', to: random() * 90_000 })
        else if (dice < 0.16) device.media.at = random() * 90_000
        else if (dice < 0.17) device.session.dispatch({ type: 'hidden', leaving: random() < 0.5 })
        const { model } = device
        if (model.phase !== 'open' || model.watch === null) return
        expect(device.mostInFlight).toBe(1)
        expect(model.frontier).toBeLessThanOrEqual(world.now + 500)
        expect(model.frontier).toBeLessThanOrEqual(model.watch.furthest_ms + model.watch.gap_cap_ms)
        expect(model.playing && model.watch.prompt !== null).toBe(false)
      }
      await world.run(240_000, meddle)
      // Left in peace, every lecture is completed.
      Object.assign(device, { online: true, loss: 0 })
      if (!device.model.playing) device.session.dispatch({ type: 'play' })
      await world.run(240_000, confirm)
      expect(device.model.phase).toBe('completed')
      expect(world.service.confirmed).toBe(2)
    },
  )
})
