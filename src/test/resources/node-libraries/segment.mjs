// Sends some calls with Segment's library, and prints what became of each: node segment.mjs <host> <write key>
import { Analytics } from '@segment/analytics-node'

const [host, writeKey] = process.argv.slice(2)
const analytics = new Analytics({ host, writeKey, maxRetries: 0 })
const done = (error, sent) => console.log(sent?.event?.type, error?.message ?? error)
analytics.on('error', (error) => console.log(error.code, error.reason?.message))

const context = {
  personas: { computation_class: 'audience', computation_id: 'aud_node', computation_key: 'vip_customers' },
}
analytics.identify({ userId: 'u1', traits: { vip_customers: true }, context }, done)
analytics.track(
  {
    userId: 'u2',
    event: 'Audience Exited',
    properties: { audience_key: 'vip_customers', vip_customers: false },
    context,
  },
  done,
)
analytics.page({ userId: 'u3', name: 'Home' }, done)
await analytics.closeAndFlush()
