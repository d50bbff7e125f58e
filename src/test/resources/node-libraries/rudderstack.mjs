// Sends some calls with RudderStack's library, and prints what became of each: node rudderstack.mjs <url> <write key>
import RudderAnalytics from '@rudderstack/rudder-sdk-node'

const [dataPlaneUrl, writeKey] = process.argv.slice(2)
const analytics = new RudderAnalytics(writeKey, {
  dataPlaneUrl,
  retryCount: 0,
  logLevel: 'none',
  errorHandler: () => {}, // without one, a call that fails ends the process
})
const done = (type) => (error) => console.log(type, error?.message)

const context = {
  personas: { computation_class: 'audience', computation_id: 'aud_rudderstack', computation_key: 'vip_customers' },
}
analytics.identify({ userId: 'u1', traits: { vip_customers: true }, context }, done('identify'))
analytics.track(
  {
    userId: 'u2',
    event: 'Audience Exited',
    properties: { audience_key: 'vip_customers', vip_customers: false },
    context,
  },
  done('track'),
)
analytics.page({ userId: 'u3', name: 'Home' }, done('page'))
await analytics.flush()
