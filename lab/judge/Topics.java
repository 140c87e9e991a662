package judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics and their records. */
final class Topics {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Judge judge;
    private final Map<String, KafkaProducer<byte[], byte[]>> producers = new ConcurrentHashMap<>();

    Topics(Judge judge) {
        this.judge = judge;
    }

    void register(Map<String, Judge.Operation> operations) {
        operations.put("create_topic", this::create);
        operations.put("delete_topic", this::delete);
        operations.put("list_topics", this::list);
        operations.put("describe_topic", this::describe);
        operations.put("produce", this::produce);
        operations.put("produce_many", this::produceMany);
        operations.put("offsets", this::offsets);
        operations.put("delete_records", this::deleteRecords);
    }

    private JsonNode create(JsonNode request) throws Exception {
        String name = Fields.text(request, "topic");
        Optional<JsonNode> assignment = Fields.maybe(request, "assignment");
        NewTopic topic;
        int partitions;
        if (assignment.isPresent()) {
            Map<Integer, List<Integer>> replicas = new HashMap<>();
            assignment.get().forEach(list -> replicas.put(replicas.size(), Fields.numbers(list)));
            partitions = replicas.size();
            topic = new NewTopic(name, replicas);
        } else {
            partitions = Fields.number(request, "partitions");
            topic = new NewTopic(name, partitions, (short) Fields.number(request, "replication"));
        }
        topic.configs(Fields.map(request, "configs"));
        Admin admin = judge.admin(request);
        admin.createTopics(List.of(topic)).all().get();
        return awaitLeaders(request, name, partitions);
    }

    /** Creation is answered before every broker knows the topic: look until each partition has a leader that answers. */
    private JsonNode awaitLeaders(JsonNode request, String name, int partitions) throws Exception {
        Admin admin = judge.admin(request);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
                for (int partition = 0; partition < partitions; partition++) {
                    ends.put(new TopicPartition(name, partition), OffsetSpec.latest());
                }
                admin.listOffsets(ends).all().get();
                return describe(request);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }

    private JsonNode delete(JsonNode request) throws Exception {
        judge.admin(request).deleteTopics(List.of(Fields.text(request, "topic"))).all().get();
        return Judge.JSON.createObjectNode();
    }

    /** All names, Kafka's own topics too. */
    private JsonNode list(JsonNode request) throws Exception {
        ArrayNode topics = Judge.JSON.createArrayNode();
        judge.admin(request).listTopics(new ListTopicsOptions().listInternal(true)).names().get().stream().sorted()
            .forEach(topics::add);
        return Judge.JSON.createObjectNode().set("topics", topics);
    }

    private JsonNode describe(JsonNode request) throws Exception {
        String name = Fields.text(request, "topic");
        TopicDescription topic = judge.admin(request).describeTopics(List.of(name)).allTopicNames().get().get(name);
        ObjectNode answer = Judge.JSON.createObjectNode();
        answer.put("topic", name);
        answer.put("topic_id", topic.topicId().toString());
        ArrayNode partitions = answer.putArray("partitions");
        topic.partitions().forEach(partition -> {
            ObjectNode entry = partitions.addObject();
            entry.put("partition", partition.partition());
            entry.put("leader", partition.leader() == null ? -1 : partition.leader().id());
            ArrayNode replicas = entry.putArray("replicas");
            partition.replicas().forEach(node -> replicas.add(node.id()));
            ArrayNode isr = entry.putArray("isr");
            partition.isr().forEach(node -> isr.add(node.id()));
        });
        return answer;
    }

    private KafkaProducer<byte[], byte[]> producer(JsonNode request) {
        return producers.computeIfAbsent(Fields.text(request, "bootstrap"), bootstrap -> new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "client.id", "judge", "acks", "all", "linger.ms", "5"),
            new ByteArraySerializer(), new ByteArraySerializer()));
    }

    private static byte[] bytes(JsonNode record, String field) {
        return Fields.maybe(record, field).map(value -> value.asText().getBytes(StandardCharsets.UTF_8)).orElse(null);
    }

    private JsonNode produce(JsonNode request) throws Exception {
        KafkaProducer<byte[], byte[]> producer = producer(request);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (JsonNode record : request.required("records")) {
            Long timestamp = Fields.maybe(record, "timestamp").map(JsonNode::asLong).orElse(null);
            sent.add(producer.send(new ProducerRecord<>(Fields.text(request, "topic"), Fields.number(record, "partition"),
                timestamp, bytes(record, "key"), bytes(record, "value"))));
        }
        producer.flush();
        ArrayNode offsets = Judge.JSON.createArrayNode();
        for (Future<RecordMetadata> future : sent) {
            offsets.add(future.get().offset());
        }
        return Judge.JSON.createObjectNode().set("offsets", offsets);
    }

    /** count records to each partition, timestamps first, first + step, ... */
    private JsonNode produceMany(JsonNode request) throws Exception {
        KafkaProducer<byte[], byte[]> producer = producer(request);
        String topic = Fields.text(request, "topic");
        long first = request.required("first_timestamp").asLong();
        long step = request.required("step_ms").asLong();
        byte[] value = new byte[Fields.number(request, "value_bytes")];
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int record = 0; record < Fields.number(request, "count"); record++) {
            for (JsonNode partition : request.required("partitions")) {
                sent.add(producer.send(new ProducerRecord<>(topic, partition.asInt(), first + record * step, null, value)));
            }
        }
        producer.flush();
        for (Future<RecordMetadata> future : sent) {
            future.get();
        }
        return Judge.JSON.createObjectNode().put("sent", sent.size());
    }

    private static OffsetSpec spec(JsonNode request) {
        String at = Fields.text(request, "at");
        return switch (at) {
            case "earliest" -> OffsetSpec.earliest();
            case "latest" -> OffsetSpec.latest();
            case "time" -> OffsetSpec.forTimestamp(request.required("timestamp").asLong());
            default -> throw new IllegalArgumentException("unknown point " + at);
        };
    }

    private JsonNode offsets(JsonNode request) throws Exception {
        String topic = Fields.text(request, "topic");
        Admin admin = judge.admin(request);
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        OffsetSpec spec = spec(request);
        admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions()
            .forEach(partition -> asked.put(new TopicPartition(topic, partition.partition()), spec));
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> found = admin.listOffsets(asked).all().get();
        ArrayNode offsets = Judge.JSON.createArrayNode();
        for (int partition = 0; partition < found.size(); partition++) {
            ListOffsetsResult.ListOffsetsResultInfo info = found.get(new TopicPartition(topic, partition));
            ObjectNode entry = offsets.addObject();
            entry.put("partition", partition);
            entry.put("offset", info.offset());
            entry.put("timestamp", info.timestamp());
            info.leaderEpoch().ifPresent(epoch -> entry.put("leader_epoch", epoch));
        }
        return Judge.JSON.createObjectNode().set("offsets", offsets);
    }

    private JsonNode deleteRecords(JsonNode request) throws Exception {
        TopicPartition partition = Fields.partition(request);
        long low = judge.admin(request)
            .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(request.required("before").asLong())))
            .lowWatermarks().get(partition).get().lowWatermark();
        return Judge.JSON.createObjectNode().put("log_start", low);
    }
}
