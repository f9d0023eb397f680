package io.tikvdirect.cli.dump;

import io.tikvdirect.cli.format.RecordFormat;
import io.tikvdirect.client.KeyRange;
import java.time.Duration;

/**
 * Immutable. What a dump was asked to do.
 *
 * @param range the keys
 * @param format the output's format
 * @param prefixLength bytes cut off the front of every key
 * @param wholeRecords whether only the values are written
 * @param header whether TSV and CSV begin with a line of names
 * @param keyName name of the key's column
 * @param valueName name of the value's column
 * @param retryFor how long one page is tried
 */
record DumpOptions(
        KeyRange range,
        RecordFormat format,
        int prefixLength,
        boolean wholeRecords,
        boolean header,
        String keyName,
        String valueName,
        Duration retryFor) {}
