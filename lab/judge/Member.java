package judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One consumer on its own thread. It reads no more records than its budget allows and stays a living member
 * all the same, so a test decides to the record how far a group has come.
 */
final class Member {
    private static final Duration POLL = Duration.ofMillis(50);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final boolean commitEachPoll;
    private final ConcurrentLinkedQueue<FutureTask<JsonNode>> tasks = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean running = true;
    private volatile Set<TopicPartition> assigned = Set.of();
    private volatile long consumed;
    private volatile long budget;

    Member(JsonNode request) {
        commitEachPoll = Fields.text(request, "commit").equals("each_poll");
        budget = Fields.maybe(request, "budget").map(JsonNode::asLong).orElse(Long.MAX_VALUE);
        consumer = new KafkaConsumer<>(settings(request), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(Fields.texts(request, "topics"));
        Thread thread = new Thread(this::run, "member-" + Fields.text(request, "member_client_id"));
        thread.setDaemon(true);
        thread.start();
    }

    private static Map<String, Object> settings(JsonNode request) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", Fields.text(request, "bootstrap"));
        settings.put("group.id", Fields.text(request, "group"));
        settings.put("client.id", Fields.text(request, "member_client_id"));
        settings.put("group.protocol", Fields.text(request, "protocol"));
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", Boolean.toString(Fields.text(request, "commit").equals("auto")));
        settings.put("auto.commit.interval.ms", "200");
        settings.put("metadata.max.age.ms", "2000");
        Fields.maybe(request, "instance_id").ifPresent(id -> settings.put("group.instance.id", id.asText()));
        // With the consumer protocol the broker sets these, and the client refuses them.
        if (Fields.text(request, "protocol").equals("classic")) {
            settings.put("session.timeout.ms", Fields.text(request, "session_timeout_ms"));
            settings.put("heartbeat.interval.ms", "500");
        }
        return settings;
    }

    private void run() {
        try {
            while (running) {
                take(consumer.poll(POLL));
                assigned = Set.copyOf(consumer.assignment());
                for (FutureTask<JsonNode> task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
            }
            ended.complete(null);
        } catch (Throwable thrown) {
            ended.completeExceptionally(thrown);
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                if (budget == 0) {
                    consumer.seek(partition, record.offset());
                    break;
                }
                budget = budget == Long.MAX_VALUE ? budget : budget - 1;
                consumed++;
            }
        }
        if (budget == 0) {
            consumer.pause(consumer.assignment());
        } else {
            consumer.resume(consumer.paused());
        }
        if (commitEachPoll && !records.isEmpty()) {
            consumer.commitSync();
        }
    }

    /** Runs on the consumer's thread, between two polls. */
    private JsonNode on(Callable<JsonNode> task) throws Exception {
        FutureTask<JsonNode> future = new FutureTask<>(task);
        tasks.add(future);
        alive();
        return future.get(30, TimeUnit.SECONDS);
    }

    private void alive() throws Exception {
        if (ended.isDone()) {
            ended.get();
            throw new IllegalStateException("the member has been stopped");
        }
    }

    void awaitAssignment(long withinMs) throws Exception {
        long deadline = System.nanoTime() + withinMs * 1_000_000;
        while (assigned.isEmpty()) {
            alive();
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("no partitions assigned within " + withinMs + " ms");
            }
            Thread.sleep(10);
        }
    }

    JsonNode consume(long count, long withinMs) throws Exception {
        long target = consumed + count;
        on(() -> {
            budget = budget == Long.MAX_VALUE ? budget : budget + count;
            return null;
        });
        long deadline = System.nanoTime() + withinMs * 1_000_000;
        while (consumed < target) {
            alive();
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("only " + (count - target + consumed) + " of " + count + " records came");
            }
            Thread.sleep(10);
        }
        return status();
    }

    JsonNode commit() throws Exception {
        on(() -> {
            consumer.commitSync();
            return null;
        });
        return status();
    }

    JsonNode status() throws Exception {
        return on(() -> {
            ObjectNode status = Judge.JSON.createObjectNode();
            status.put("consumed", consumed);
            status.put("member_id", consumer.groupMetadata().memberId());
            ArrayNode positions = status.putArray("positions");
            for (TopicPartition partition : assigned) {
                positions.addObject().put("topic", partition.topic()).put("partition", partition.partition())
                    .put("offset", consumer.position(partition));
            }
            return status;
        });
    }

    /** leave = false is a crash: the group keeps the member until its session times out. */
    JsonNode stop(boolean leave) throws Exception {
        JsonNode last = status();
        running = false;
        ended.get(30, TimeUnit.SECONDS);
        CloseOptions.GroupMembershipOperation operation =
            leave ? CloseOptions.GroupMembershipOperation.LEAVE_GROUP : CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP;
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(10)).withGroupMembershipOperation(operation));
        return last;
    }
}
