package io.tikvdirect.transport.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WindowsTest {
    @Property
    void sendWindowNeverOffersMoreThanItsCredit(
            @ForAll @Size(max = 200) final List<@IntRange(min = -100_000, max = 100_000) Integer> changes) {
        final FlowWindow window = new FlowWindow(65_535);
        long model = 65_535;
        for (final int change : changes) {
            if (change >= 0) {
                final int length = Math.min(change, window.available());
                window.consume(length);
                model -= length;
            } else {
                // negative numbers stand for changed initial windows, of either direction
                final int delta = change % 2 == 0 ? change : -change;
                assertThat(window.add(delta)).isTrue();
                model += delta;
            }
            assertThat(window.available()).isEqualTo((int) Math.max(0, model));
        }
    }

    @Test
    void sendWindowOverflows() {
        assertThat(new FlowWindow(1).add(Integer.MAX_VALUE)).isFalse();
        assertThat(new FlowWindow(0).add(Integer.MAX_VALUE)).isTrue();
    }

    @Property
    void receiveWindowGivesBackExactlyWhatWasConsumed(
            @ForAll @IntRange(min = 1, max = 1_000_000) final int capacity,
            @ForAll @Size(max = 300) final List<@IntRange(min = 0, max = 5_000) Integer> frames) {
        final ReceiveWindow window = new ReceiveWindow(capacity);
        long peerCredit = capacity;
        long unreturned = 0;
        for (final int wanted : frames) {
            final int length = (int) Math.min(wanted, peerCredit);
            assertThat(window.receive(length)).isTrue();
            peerCredit -= length;
            unreturned += length;
            final int increment = window.consume(length);
            assertThat(increment).isIn(0, (int) unreturned);
            peerCredit += increment;
            unreturned -= increment;
            assertThat(peerCredit + unreturned).isEqualTo(capacity);
            assertThat(peerCredit).as("the peer can always go on").isPositive();
        }
        assertThat(window.receive((int) peerCredit + 1)).as("violation is seen").isFalse();
    }
}
