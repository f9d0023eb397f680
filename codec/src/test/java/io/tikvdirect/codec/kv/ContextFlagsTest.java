package io.tikvdirect.codec.kv;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What is read back from encoded options of a request. */
class ContextFlagsTest {

    @Property(tries = 200)
    void priorityAndReplicaAreFoundAmongOtherFields(
            @ForAll @IntRange(max = 2) final int priority,
            @ForAll @IntRange(max = 2) final int isolation,
            @ForAll final boolean notFillCache,
            @ForAll final boolean replicaRead,
            @ForAll final boolean staleRead,
            @ForAll final boolean hasSource) {
        final ContextEncoder encoder = new ContextEncoder()
                .priority(priority)
                .isolationLevel(isolation)
                .notFillCache(notFillCache)
                .replicaRead(replicaRead)
                .staleRead(staleRead);
        if (hasSource) {
            encoder.requestSource("``");
        }
        final byte[] options = encoder.encode();
        assertThat(ContextEncoder.isHighPriority(options)).isEqualTo(priority == 2);
        assertThat(ContextEncoder.isReplicaRead(options)).isEqualTo(replicaRead);
    }
}
