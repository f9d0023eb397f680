package io.tikvdirect.client.internal.memory;

import io.netty.buffer.ByteBuf;

/** Thread-safe. Pieces of all sizes: two for each power of two, from 512 bytes to {@link ClientMemory#SMALL_BYTES}. */
final class PieceSizes {

    private static final int SMALLEST_SHIFT = 9;
    private static final int SMALLEST_BYTES = 1 << SMALLEST_SHIFT;

    private final Pieces[] bySize = new Pieces[indexOf(ClientMemory.SMALL_BYTES) + 1];

    PieceSizes(ClientMemory memory) {
        for (int i = 0; i < bySize.length; i++) {
            bySize[i] = new Pieces(memory, bytesOf(i));
        }
    }

    /** An empty buffer with exactly that capacity (<i>gives</i>). */
    ByteBuf take(int bytes) {
        return bySize[indexOf(bytes)].take(bytes);
    }

    void close() {
        for (Pieces pieces : bySize) {
            pieces.close();
        }
    }

    /** The smallest size that holds so many bytes: 512, 768, 1024, 1536, 2048... */
    static int indexOf(int bytes) {
        if (bytes <= SMALLEST_BYTES) {
            return 0;
        }
        int belowShift = 31 - Integer.numberOfLeadingZeros(bytes - 1);
        int below = 1 << belowShift;
        return 2 * (belowShift - SMALLEST_SHIFT) + (bytes <= below + below / 2 ? 1 : 2);
    }

    static int bytesOf(int index) {
        int power = SMALLEST_BYTES << (index / 2);
        return index % 2 == 0 ? power : power + power / 2;
    }
}
