CREATE TABLE audiences_schema_history (
    installed_rank INTEGER NOT NULL,
    version VARCHAR(50),
    description VARCHAR(200) NOT NULL,
    type VARCHAR(20) NOT NULL,
    script VARCHAR(1000) NOT NULL,
    checksum INTEGER,
    installed_by VARCHAR(100) NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT now(),
    execution_time INTEGER NOT NULL,
    success BOOLEAN NOT NULL,
    CONSTRAINT audiences_schema_history_pk PRIMARY KEY (installed_rank));
CREATE INDEX audiences_schema_history_s_idx ON audiences_schema_history (success);
CREATE TABLE audiences_audience (
  id INTEGER NOT NULL PRIMARY KEY,
  destination TEXT NOT NULL,
  context_kind TEXT NOT NULL,
  audience_id TEXT NOT NULL,
  audience_key TEXT NOT NULL,
  UNIQUE (destination, context_kind, audience_id));
CREATE TABLE audiences_membership (
  audience INTEGER NOT NULL,
  context_key TEXT NOT NULL,
  member BOOLEAN NOT NULL,
  since BIGINT NOT NULL,
  event_time BIGINT NOT NULL,
  delivered_at BIGINT NOT NULL,
  message_id TEXT,
  PRIMARY KEY (audience, context_key));
CREATE TABLE audiences_fact (
  name TEXT NOT NULL PRIMARY KEY,
  value BIGINT NOT NULL);
INSERT INTO audiences_schema_history VALUES (1, '1', 'states and their audiences', 'JDBC', 'io.github.ldaudiences.store.StoreSchema$Version', -345735466, 'postgres', '2026-11-28 09:36:18.43257', 18, true);
INSERT INTO audiences_fact VALUES ('complete-since', 1767225600000);
INSERT INTO audiences_audience VALUES (1, 'launchdarkly', 'user', 'aud_1', 'vip_customers');
INSERT INTO audiences_membership VALUES (1, 'u1', true, 1767225600020, 1767225600020, 1767225601000, 'msg-1');
INSERT INTO audiences_membership VALUES (1, 'u2', false, 1767225600020, 1767225600020, 1767225601000, NULL);
