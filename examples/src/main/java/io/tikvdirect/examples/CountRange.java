package io.tikvdirect.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.raw.RawScanner;
import io.tikvdirect.client.raw.ScanOptions;

/** Counts the keys under a prefix, forwards and backwards, page by page: memory stays at two pages. */
public final class CountRange {
    private CountRange() {}

    public static void main(String[] args) {
        String prefix = args.length > 1 ? args[1] : "";
        KeyRange range = prefix.isEmpty() ? KeyRange.all() : KeyRange.prefix(prefix.getBytes(UTF_8));
        try (TikvClient client = TikvClient.open(Config.fromUri(args[0]))) {
            ScanOptions keys = ScanOptions.unlimited().keysOnly();
            System.out.println(
                    count(client, range, keys) + " keys, backwards " + count(client, range, keys.reversed()));
        }
    }

    private static long count(TikvClient client, KeyRange range, ScanOptions options) {
        long count = 0;
        try (RawScanner scanner = client.raw().scanner(range, options)) {
            while (scanner.hasNext()) {
                scanner.next();
                count++;
            }
        }
        return count;
    }
}
