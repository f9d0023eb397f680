package io.tikvdirect.embedded.internal.data;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. An ordered map from bytes (unsigned order) to values, of which every change gives a new one: readers and
 * scans hold a perfect snapshot without any lock, which is what a TiKV read sees.
 *
 * <p>It is a treap: a search tree by key and a heap by a priority derived from the key's hash, so that its shape does not
 * depend on the order of insertion, a change copies one path (about {@code 2 ln n} nodes), and cutting a range out is two
 * splits and a join.
 *
 * @param <V> the values
 */
public final class SortedSnapshot<V> {
    /** Sees pairs one after the other. */
    @FunctionalInterface
    public interface Visitor<V> {
        /** Whether to go on; {@code key} must not be changed. */
        boolean visit(byte[] key, V value);
    }

    private static final class Node<V> {
        final byte[] key;
        final V value;
        final int priority;
        final @Nullable Node<V> left;
        final @Nullable Node<V> right;

        Node(byte[] key, V value, int priority, @Nullable Node<V> left, @Nullable Node<V> right) {
            this.key = key;
            this.value = value;
            this.priority = priority;
            this.left = left;
            this.right = right;
        }

        Node<V> with(@Nullable Node<V> newLeft, @Nullable Node<V> newRight) {
            return new Node<>(key, value, priority, newLeft, newRight);
        }
    }

    private record Halves<V>(@Nullable Node<V> below, @Nullable Node<V> from) {}

    private final @Nullable Node<V> root;

    private SortedSnapshot(@Nullable Node<V> root) {
        this.root = root;
    }

    /** The map without pairs. */
    public static <V> SortedSnapshot<V> empty() {
        return new SortedSnapshot<>(null);
    }

    /** Whether there is no pair. */
    public boolean isEmpty() {
        return root == null;
    }

    /** The value of {@code key}, or null. */
    public @Nullable V get(byte[] key) {
        Node<V> node = root;
        while (node != null) {
            int order = Arrays.compareUnsigned(key, node.key);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    /** This map with {@code key} set to {@code value}; keeps {@code key}, which must not be changed afterwards. */
    public SortedSnapshot<V> with(byte[] key, V value) {
        return new SortedSnapshot<>(put(root, key, value, priority(key)));
    }

    /** This map without {@code key}; this very map when it is not there. */
    public SortedSnapshot<V> without(byte[] key) {
        return get(key) == null ? this : new SortedSnapshot<>(remove(root, key));
    }

    /** This map without the keys from {@code start} to below {@code end}; an empty {@code end} is the end of all. */
    public SortedSnapshot<V> withoutRange(byte[] start, byte[] end) {
        Halves<V> atStart = split(root, start);
        if (end.length == 0) {
            return new SortedSnapshot<>(atStart.below);
        }
        return new SortedSnapshot<>(join(atStart.below, split(atStart.from, end).from));
    }

    /** Shows the pairs from {@code start} to below {@code end} (empty: to the end) in ascending order. */
    public void ascend(byte[] start, byte[] end, Visitor<V> visitor) {
        ascend(root, start, end, visitor);
    }

    /** Shows the pairs below {@code end} (empty: from the end) down to {@code start} in descending order. */
    public void descend(byte[] start, byte[] end, Visitor<V> visitor) {
        descend(root, start, end, visitor);
    }

    private static <V> boolean ascend(@Nullable Node<V> node, byte[] start, byte[] end, Visitor<V> visitor) {
        if (node == null) {
            return true;
        }
        boolean fromStart = Arrays.compareUnsigned(node.key, start) >= 0;
        boolean belowEnd = isBelow(node.key, end);
        return (!fromStart || ascend(node.left, start, end, visitor))
                && (!(fromStart && belowEnd) || visitor.visit(node.key, node.value))
                && (!belowEnd || ascend(node.right, start, end, visitor));
    }

    private static <V> boolean descend(@Nullable Node<V> node, byte[] start, byte[] end, Visitor<V> visitor) {
        if (node == null) {
            return true;
        }
        boolean fromStart = Arrays.compareUnsigned(node.key, start) >= 0;
        boolean belowEnd = isBelow(node.key, end);
        return (!belowEnd || descend(node.right, start, end, visitor))
                && (!(fromStart && belowEnd) || visitor.visit(node.key, node.value))
                && (!fromStart || descend(node.left, start, end, visitor));
    }

    private static boolean isBelow(byte[] key, byte[] end) {
        return end.length == 0 || Arrays.compareUnsigned(key, end) < 0;
    }

    private static <V> Node<V> put(@Nullable Node<V> node, byte[] key, V value, int priority) {
        if (node == null) {
            return new Node<>(key, value, priority, null, null);
        }
        // Equal keys have equal priorities: a node of lower priority can't have the key beneath it.
        if (priority > node.priority) {
            Halves<V> halves = split(node, key);
            return new Node<>(key, value, priority, halves.below, halves.from);
        }
        int order = Arrays.compareUnsigned(key, node.key);
        if (order == 0) {
            return new Node<>(node.key, value, priority, node.left, node.right);
        }
        return order < 0
                ? node.with(put(node.left, key, value, priority), node.right)
                : node.with(node.left, put(node.right, key, value, priority));
    }

    private static <V> @Nullable Node<V> remove(@Nullable Node<V> node, byte[] key) {
        if (node == null) {
            return null;
        }
        int order = Arrays.compareUnsigned(key, node.key);
        if (order == 0) {
            return join(node.left, node.right);
        }
        return order < 0
                ? node.with(remove(node.left, key), node.right)
                : node.with(node.left, remove(node.right, key));
    }

    private static <V> Halves<V> split(@Nullable Node<V> node, byte[] key) {
        if (node == null) {
            return new Halves<>(null, null);
        }
        if (Arrays.compareUnsigned(node.key, key) < 0) {
            Halves<V> halves = split(node.right, key);
            return new Halves<>(node.with(node.left, halves.below), halves.from);
        }
        Halves<V> halves = split(node.left, key);
        return new Halves<>(halves.below, node.with(halves.from, node.right));
    }

    private static <V> @Nullable Node<V> join(@Nullable Node<V> below, @Nullable Node<V> above) {
        if (below == null) {
            return above;
        }
        if (above == null) {
            return below;
        }
        return below.priority >= above.priority
                ? below.with(below.left, join(below.right, above))
                : above.with(join(below, above.left), above.right);
    }

    private static int priority(byte[] key) {
        int hash = Arrays.hashCode(key);
        hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
        return hash ^ (hash >>> 16);
    }
}
