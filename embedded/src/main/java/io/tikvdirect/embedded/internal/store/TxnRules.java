package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.internal.data.Memcomparable;
import io.tikvdirect.embedded.internal.topology.Keys;
import io.tikvdirect.proto.kvrpcpb.APIVersion;
import io.tikvdirect.proto.kvrpcpb.Context;
import java.util.List;

/**
 * Immutable. What a store asks of a transactional request before it looks for the region: API version, mode byte, key
 * size.
 *
 * <table>
 * <caption>By storage and request version</caption>
 * <tr><th>storage</th><th>request</th><th>keys</th></tr>
 * <tr><td>V1</td><td>V1</td><td>any</td></tr>
 * <tr><td>V2</td><td>V1</td><td>of TiDB: {@code m} or {@code t} first</td></tr>
 * <tr><td>V2</td><td>V2</td><td>transactional: {@code x} first</td></tr>
 * <tr><td>else</td><td></td><td>refused</td></tr>
 * </table>
 */
final class TxnRules {
    private static final byte TXN_MODE = 'x';
    private static final byte TIDB_META = 'm';
    private static final byte TIDB_TABLE = 't';

    private final EmbeddedApiVersion storage;

    TxnRules(EmbeddedApiVersion storage) {
        this.storage = storage;
    }

    void requireKeys(String command, Context context, List<ByteString> keys) throws CommandErrorException {
        requireVersion(command, context);
        if (storage == EmbeddedApiVersion.V2) {
            for (ByteString key : keys) {
                if (!isOurs(key, context)) {
                    throw wrongMode(command, "InvalidKeyMode", "key: " + Keys.hex(key.toByteArray()));
                }
            }
        }
    }

    /** A range on V2 has both ends within its mode, or ends right behind it. */
    void requireRange(String command, Context context, ByteString start, ByteString end) throws CommandErrorException {
        requireVersion(command, context);
        if (storage != EmbeddedApiVersion.V2) {
            return;
        }
        boolean endsBehind =
                context.getApiVersion() == APIVersion.V2 && end.size() == 1 && end.byteAt(0) == TXN_MODE + 1;
        if (!isOurs(start, context) || !(isOurs(end, context) || endsBehind)) {
            String range = "range: [" + Keys.hex(start.toByteArray()) + ", " + Keys.hex(end.toByteArray()) + ")";
            throw wrongMode(command, "InvalidKeyRangeMode", range);
        }
    }

    private void requireVersion(String command, Context context) throws CommandErrorException {
        APIVersion asked = context.getApiVersion();
        boolean matches = asked == APIVersion.V1
                ? storage != EmbeddedApiVersion.V1TTL
                : asked == APIVersion.V2 && storage == EmbeddedApiVersion.V2;
        if (!matches) {
            String request = asked == APIVersion.V1TTL ? "V1ttl" : asked.name();
            throw new CommandErrorException(
                    "Api version in request does not match with TiKV storage, cmd: " + command + ", storage: "
                            + storage.serverName() + ", request: " + request,
                    "ApiVersionNotMatched { cmd: " + command + ", storage_api_version: " + storage.serverName()
                            + ", req_api_version: " + request + " }");
        }
    }

    private static boolean isOurs(ByteString key, Context context) {
        if (key.isEmpty()) {
            return false;
        }
        byte mode = key.byteAt(0);
        return context.getApiVersion() == APIVersion.V2 ? mode == TXN_MODE : mode == TIDB_META || mode == TIDB_TABLE;
    }

    /** The limit is on the key as it is stored. */
    void requireKeySizes(List<ByteString> keys) throws CommandErrorException {
        for (ByteString key : keys) {
            int stored = Memcomparable.encodedSize(key.size());
            if (stored > RawRules.MAX_KEY_BYTES) {
                throw new CommandErrorException(
                        "max key size exceeded, size: " + stored + ", limit: " + RawRules.MAX_KEY_BYTES,
                        "KeyTooLarge { size: " + stored + ", limit: " + RawRules.MAX_KEY_BYTES + " }");
            }
        }
    }

    private CommandErrorException wrongMode(String command, String variant, String what) {
        String server = storage.serverName();
        return new CommandErrorException(
                "Key mode mismatched with the request mode, cmd: " + command + ", storage: " + server + ", " + what,
                variant + " { cmd: " + command + ", storage_api_version: " + server + ", " + what + " }");
    }
}
