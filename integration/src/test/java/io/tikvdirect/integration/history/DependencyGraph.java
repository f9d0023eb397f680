package io.tikvdirect.integration.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * Confined to one thread. Dependencies between transactions, some of which are "read before the other wrote". Finds a cycle
 * in which no two of the latter follow one another.
 *
 * <p>Each transaction stands for two nodes: reached by such an edge, or by another one. From the former no further such edge
 * leaves; then every cycle of nodes is a forbidden one.
 */
final class DependencyGraph {
    private final int size;
    private final List<List<Integer>> edges;

    DependencyGraph(int transactions) {
        size = transactions;
        edges = new ArrayList<>();
        for (int i = 0; i < 2 * transactions; i++) {
            edges.add(new ArrayList<>());
        }
    }

    /** Adds a dependency; one of a transaction on itself is none. */
    void add(int from, int to, boolean readBeforeWrite) {
        if (from == to) {
            return;
        }
        if (readBeforeWrite) {
            edges.get(from).add(to + size);
        } else {
            edges.get(from).add(to);
            edges.get(from + size).add(to);
        }
    }

    /** The transactions of a forbidden cycle, in their order; none if there is no such cycle. */
    List<Integer> forbiddenCycle() {
        byte[] colour = new byte[2 * size]; // 0 not visited, 1 on the path, 2 finished
        int[] next = new int[2 * size];
        for (int root = 0; root < 2 * size; root++) {
            List<Integer> cycle = colour[root] == 0 ? cycleFrom(root, colour, next) : List.of();
            if (!cycle.isEmpty()) {
                return cycle;
            }
        }
        return List.of();
    }

    private List<Integer> cycleFrom(int root, byte[] colour, int[] next) {
        Deque<Integer> path = new ArrayDeque<>();
        path.push(root);
        colour[root] = 1;
        while (!path.isEmpty()) {
            int node = path.peek();
            if (next[node] == edges.get(node).size()) {
                colour[node] = 2;
                path.pop();
                continue;
            }
            int to = edges.get(node).get(next[node]++);
            if (colour[to] == 1) {
                return cut(path, to);
            }
            if (colour[to] == 0) {
                colour[to] = 1;
                path.push(to);
            }
        }
        return List.of();
    }

    private List<Integer> cut(Deque<Integer> path, int from) {
        List<Integer> cycle = new ArrayList<>();
        for (int node : path) {
            cycle.add(node % size);
            if (node == from) {
                break;
            }
        }
        Collections.reverse(cycle);
        return cycle;
    }

    @Override
    public String toString() {
        return size + " transactions, " + Arrays.toString(edges.toArray());
    }
}
