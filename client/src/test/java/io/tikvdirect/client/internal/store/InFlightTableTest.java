package io.tikvdirect.client.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.PooledByteBufAllocator;
import io.tikvdirect.client.KeyRedaction;
import io.tikvdirect.client.internal.time.Punctuality;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class InFlightTableTest {

    private static final int OPERATIONS = 16;

    private static OperationPool pool() {
        return new OperationPool(
                OPERATIONS, 64, 1_000, 0, PooledByteBufAllocator.DEFAULT, KeyRedaction.FULL, new Punctuality());
    }

    /** Whatever ids a peer answers with, an operation is found by its own id only, and once. */
    @Property(tries = 300)
    void anAnswerFindsItsOwnRequestOnceAndNoOther(@ForAll long seed) {
        try (OperationPool operations = pool()) {
            Random random = new Random(seed);
            InFlightTable table = new InFlightTable(OPERATIONS);
            Map<Long, Operation> model = new HashMap<>();
            List<Operation> free = new ArrayList<>();
            for (int i = 0; i < OPERATIONS; i++) {
                free.add(operations.tryAcquire(0));
            }
            for (int step = 0; step < 400; step++) {
                if (random.nextInt(3) > 0 && !free.isEmpty()) {
                    Operation operation = free.remove(free.size() - 1);
                    assertThat(model.put(table.add(operation), operation)).isNull();
                } else {
                    long id = random.nextInt(Math.max(1, step + 40));
                    Operation expected = model.remove(id);
                    assertThat(table.remove(id)).isSameAs(expected);
                    assertThat(table.remove(id)).as("a repeated answer").isNull();
                    if (expected != null) {
                        free.add(expected);
                    }
                }
                assertThat(table.size()).isEqualTo(model.size());
            }
            model.values().forEach(Operation::release);
            free.forEach(Operation::release);
        }
    }

    @Test
    void anIdThatWasNeverSentIsTheFaultOfThePeer() throws Exception {
        OperationPool pool = pool();
        InFlightTable table = new InFlightTable(OPERATIONS);
        Operation operation = pool.tryAcquire(0);
        long id = table.add(operation);
        table.remove(id);
        table.checkIssued(id);
        assertThatThrownBy(() -> table.checkIssued(id + 1)).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> table.checkIssued(0)).isInstanceOf(MalformedMessageException.class);
        operation.release();
        pool.close();
    }
}
