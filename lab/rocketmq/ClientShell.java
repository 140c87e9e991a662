import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * RocketMQ's own consumers and producers, as applications use them: a line of standard input is one call, its words separated by
 * tabs. Lines of an answer begin with {@code =} and a tab, and the answer is followed by a line with the time it took, in
 * microseconds.
 */
public final class ClientShell {
    /** Time between two messages of a producer, in milliseconds. */
    private static final long PAUSE = 100;
    /** How long a consumer may take to end, in milliseconds. */
    private static final long SHUTDOWN = 60_000;
    private static final int ATTEMPTS = 20;
    private static final byte[] FIRST = {0};

    private final String names;
    private final Map<String, DefaultMQPushConsumer> consumers = new ConcurrentHashMap<>();
    private final Map<String, List<String>> received = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
    private final Map<String, Writer> writers = new ConcurrentHashMap<>();

    private ClientShell(String names) {
        this.names = names;
    }

    public static void main(String[] arguments) throws IOException {
        ClientShell shell = new ClientShell(arguments[0]);
        BufferedReader calls = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("<<< ready");
        for (String call = calls.readLine(); call != null; call = calls.readLine()) {
            long began = System.nanoTime();
            try {
                shell.call(call.split("\t"));
            } catch (Exception error) {
                print("failed\t" + String.valueOf(error).replaceAll("\\s+", " "));
            }
            System.out.println("\n<<< " + (System.nanoTime() - began) / 1000);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void print(String line) {
        System.out.println("\n=\t" + line);
    }

    private void call(String[] words) throws Exception {
        switch (words[0]) {
            case "join":
                again(() -> join(words[1], words[2]));
                break;
            case "leave":
                // Tells the brokers how far it is.
                consumers.remove(words[1]).shutdown();
                break;
            case "hold":
                held.put(words[1], new CountDownLatch(1));
                break;
            case "release":
                held.remove(words[1]).countDown();
                break;
            case "received":
                received.getOrDefault(words[1], List.of()).forEach(ClientShell::print);
                break;
            case "write":
                again(() -> writers.put(words[2], new Writer(words[1], words[2], false)));
                break;
            case "write-retrying":
                again(() -> writers.put(words[2], new Writer(words[1], words[2], true)));
                break;
            case "written":
                writers.get(words[1]).results.forEach(ClientShell::print);
                break;
            case "end":
                writers.get(words[1]).ends();
                break;
            default:
                throw new IllegalArgumentException(words[0]);
        }
    }

    /** What begins something, and may not be in time on a machine that has other things to do: the client waits 3 s. */
    private interface Beginning {
        void begin() throws Exception;
    }

    private static void again(Beginning beginning) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                beginning.begin();
                return;
            } catch (Exception error) {
                if (attempt == ATTEMPTS) {
                    throw error;
                }
            }
        }
    }

    /** With what decides where it reads as it is by default: a group without an offset begins at the end. */
    private void join(String group, String topic) throws MQClientException {
        List<String> all = received.computeIfAbsent(group, any -> new CopyOnWriteArrayList<>());
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
        consumer.setNamesrvAddr(names);
        consumer.setInstanceName(group);
        // What it has in hand is finished before it tells the brokers how far it is.
        consumer.setAwaitTerminationMillisWhenShutdown(SHUTDOWN);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            for (MessageExt message : messages) {
                String broker = context.getMessageQueue().getBrokerName();
                all.add(broker + "\t" + message.getQueueId() + "\t" + message.getQueueOffset() + "\t" + message.getKeys());
            }
            awaitRelease(group);
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        try {
            consumer.start();
        } catch (MQClientException | RuntimeException error) {
            consumer.shutdown();
            throw error;
        }
        consumers.put(group, consumer);
    }

    /** As long as its group is held, what has a message in hand does not end, and gets no other one. */
    private void awaitRelease(String group) {
        CountDownLatch latch = held.get(group);
        try {
            if (latch != null) {
                latch.await();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sends one message after the other where its route leads. What fails has failed, but where it retries as clients do by
     * default.
     */
    private final class Writer extends Thread {
        private final List<String> results = new CopyOnWriteArrayList<>();
        private final DefaultMQProducer producer;
        private final String topic;
        private volatile boolean on = true;

        Writer(String topic, String group, boolean retrying) throws Exception {
            this.topic = topic;
            producer = new DefaultMQProducer(group);
            producer.setNamesrvAddr(names);
            producer.setInstanceName(group);
            if (!retrying) {
                producer.setRetryTimesWhenSendFailed(0);
            }
            producer.setSendMsgTimeout(60_000);
            try {
                producer.start();
                producer.send(new Message(topic, "TagA", "first", FIRST));
            } catch (Exception error) {
                producer.shutdown();
                throw error;
            }
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            for (int number = 0; on; number++) {
                send(number);
                try {
                    Thread.sleep(PAUSE);
                } catch (InterruptedException ended) {
                    return;
                }
            }
        }

        private void send(int number) {
            long at = System.currentTimeMillis();
            String key = "w" + number;
            try {
                SendResult sent = producer.send(new Message(topic, "TagA", key, key.getBytes(StandardCharsets.UTF_8)));
                MessageQueue queue = sent.getMessageQueue();
                String where = queue.getBrokerName() + "\t" + queue.getQueueId() + "\t" + sent.getQueueOffset();
                results.add(at + "\t" + key + "\t" + sent.getSendStatus() + "\t" + where);
            } catch (Exception error) {
                results.add(at + "\t" + key + "\t" + String.valueOf(error).replaceAll("\\s+", " "));
            }
        }

        void ends() throws InterruptedException {
            on = false;
            join();
            producer.shutdown();
        }
    }
}
