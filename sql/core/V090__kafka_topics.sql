-- Which topic the offsets of the streams kafka.<topic>.<partition> count in. A topic that is deleted and made anew has the
-- same name, another id, and offsets from 0: its streams are not read on until somebody decides.
create table ingest.kafka_topics (
  topic    text primary key,
  topic_id text not null
);
