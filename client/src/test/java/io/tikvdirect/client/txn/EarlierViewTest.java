package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.ScanOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a transaction saw when a savepoint was taken, while it writes on. */
@Timeout(120)
class EarlierViewTest extends TransactionFixture {

    private List<String> names(TransactionScanner scanner) {
        List<String> names = new ArrayList<>();
        try (scanner) {
            while (scanner.hasNext()) {
                KvPair pair = scanner.next();
                names.add(new String(pair.key(), StandardCharsets.UTF_8).substring(prefix.length())
                        + '='
                        + new String(pair.value(), StandardCharsets.UTF_8));
            }
        }
        return names;
    }

    @Test
    void aStatementDoesNotMeetItsOwnWrites() {
        for (String name : List.of("a", "b", "c")) {
            write(name, "old");
        }
        KeyRange range = KeyRange.prefix(TxnClusters.bytes(prefix));
        ScanOptions pages = ScanOptions.unlimited().withPageSize(1);
        try (Transaction txn = transactions.begin()) {
            txn.put(key("b"), value("before"));
            txn.delete(key("c"));
            txn.put(key("e"), value("before"));
            EarlierView before = txn.before(txn.savepoint());
            List<String> seen = new ArrayList<>();
            try (TransactionScanner scanner = before.scanner(range, pages)) {
                while (scanner.hasNext()) {
                    KvPair pair = scanner.next();
                    seen.add(new String(pair.key(), StandardCharsets.UTF_8).substring(prefix.length()));
                    byte[] behind =
                            (new String(pair.key(), StandardCharsets.UTF_8) + "+").getBytes(StandardCharsets.UTF_8);
                    txn.put(behind, value("copy"));
                    txn.delete(pair.key());
                }
            }
            assertThat(seen).containsExactly("a", "b", "e");
            txn.put(key("c"), value("after"));

            assertThat(before.get(key("a"))).isEqualTo(value("old"));
            assertThat(before.batchGet(List.of(key("a+"), key("b"), key("c"), key("e"))))
                    .containsExactly(null, value("before"), null, value("before"));
            assertThat(before.scan(range, ScanOptions.limit(10))).hasSize(3);
            assertThat(names(before.scanner(range, pages))).containsExactly("a=old", "b=before", "e=before");
            assertThat(names(before.scanner(range, pages.reversed()))).containsExactly("e=before", "b=before", "a=old");
            assertThat(names(txn.scanner(range, pages))).containsExactly("a+=copy", "b+=copy", "c=after", "e+=copy");
            txn.commit();
            assertThatThrownBy(() -> before.get(key("a"))).isInstanceOf(IllegalStateException.class);
        }
        assertThat(read("e")).isNull();
        assertThat(read("c")).isEqualTo("after");
    }

    @Test
    void aViewEndsWithItsSavepoint() {
        try (Transaction txn = transactions.begin()) {
            Savepoint first = txn.savepoint();
            txn.put(key("a"), value("1"));
            Savepoint second = txn.savepoint();
            EarlierView before = txn.before(second);
            txn.put(key("a"), value("2"));
            txn.rollbackTo(second);
            txn.put(key("a"), value("3"));
            assertThat(before.get(key("a"))).isEqualTo(value("1"));

            txn.rollbackTo(first);
            assertThatThrownBy(() -> before.get(key("a"))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> txn.before(second)).isInstanceOf(InvalidArgumentException.class);
            txn.put(key("a"), value("4"));
            txn.put(key("a"), value("5"));
            assertThatThrownBy(() -> before.get(key("a"))).isInstanceOf(IllegalStateException.class);
            try (Transaction other = transactions.begin()) {
                assertThatThrownBy(() -> other.before(first)).isInstanceOf(InvalidArgumentException.class);
            }
        }
    }
}
