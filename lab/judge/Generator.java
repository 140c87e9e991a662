package judge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.metadata.placement.UsableBroker;
import org.apache.kafka.tools.reassign.ReassignPartitionsCommand;

/**
 * What kafka-reassign-partitions --generate proposes for a layout on standard input: lines "broker ID RACK" for those
 * it may use and "partition TOPIC INDEX ID,ID,ID". Answers with one line of JSON: how much of it would move.
 */
public final class Generator {
    private final List<UsableBroker> brokers = new ArrayList<>();
    private final Map<TopicPartition, List<Integer>> before = new HashMap<>();

    private void read(String line) {
        String[] words = line.split(" ");
        if (words[0].equals("broker")) {
            brokers.add(new UsableBroker(Integer.parseInt(words[1]), Optional.of(words[2]), false));
            return;
        }
        List<Integer> replicas = new ArrayList<>();
        for (String id : words[3].split(",")) {
            replicas.add(Integer.valueOf(id));
        }
        before.put(new TopicPartition(words[1], Integer.parseInt(words[2])), replicas);
    }

    /** The tool's own calculation, which it keeps to itself; the rest of it asks a cluster for what is given here. */
    @SuppressWarnings("unchecked")
    private Map<TopicPartition, List<Integer>> generate() throws ReflectiveOperationException {
        Method method = ReassignPartitionsCommand.class.getDeclaredMethod("calculateAssignment", Map.class, List.class);
        method.setAccessible(true);
        return (Map<TopicPartition, List<Integer>>) method.invoke(null, before, brokers);
    }

    private ObjectNode figures(Map<TopicPartition, List<Integer>> after, long took) {
        long moves = 0;
        long leaders = 0;
        for (Map.Entry<TopicPartition, List<Integer>> partition : after.entrySet()) {
            List<Integer> old = before.get(partition.getKey());
            moves += partition.getValue().stream().filter(id -> !old.contains(id)).count();
            leaders += partition.getValue().get(0).equals(old.get(0)) ? 0 : 1;
        }
        return Judge.JSON.createObjectNode().put("partitions", after.size()).put("moves", moves).put("leaders", leaders)
            .put("took_us", took / 1000);
    }

    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        Generator generator = new Generator();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            generator.read(line);
        }
        long began = System.nanoTime();
        Map<TopicPartition, List<Integer>> after = generator.generate();
        System.out.println(generator.figures(after, System.nanoTime() - began));
    }
}
