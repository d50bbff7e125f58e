// Sends some calls with Jitsu's library, in both of its modes, and prints what fails: node jitsu.mjs <host> <write key>
import { jitsuAnalytics } from '@jitsu/js'

const [host, writeKey] = process.argv.slice(2)
for (const s2s of [true, false]) {
  const analytics = jitsuAnalytics({ host, writeKey, s2s, errorPolicy: (error) => console.log(error) })
  const context = {
    personas: {
      computation_class: 'audience',
      computation_id: s2s ? 'aud_jitsu_s2s' : 'aud_jitsu',
      computation_key: 'vip_customers',
    },
  }
  await analytics.identify('u1', { vip_customers: true }, { context })
  await analytics.track(
    'Audience Exited',
    { audience_key: 'vip_customers', vip_customers: false },
    { userId: 'u2', context },
  )
  await analytics.page({ name: 'Home' })
  await analytics.group('g1', { plan: 'pro' })
}
console.log('done')
