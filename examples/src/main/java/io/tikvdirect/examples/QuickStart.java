package io.tikvdirect.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.ScanOptions;

/** Writes, reads and scans a few keys. */
public final class QuickStart {
    private QuickStart() {}

    public static void main(String[] args) {
        Config config = Config.fromUri(args.length > 0 ? args[0] : "tikv://127.0.0.1:2379?timeout=2s");
        try (TikvClient client = TikvClient.open(config)) {
            RawClient raw = client.raw();
            raw.put("fruit/apple".getBytes(UTF_8), "green".getBytes(UTF_8));
            raw.put("fruit/pear".getBytes(UTF_8), "yellow".getBytes(UTF_8));

            byte[] apple = raw.get("fruit/apple".getBytes(UTF_8));
            System.out.println(apple == null ? "no apple" : "apple is " + new String(apple, UTF_8));

            for (KvPair pair : raw.scan(KeyRange.prefix("fruit/".getBytes(UTF_8)), ScanOptions.limit(100))) {
                System.out.println(new String(pair.key(), UTF_8) + " = " + new String(pair.value(), UTF_8));
            }
        }
    }
}
