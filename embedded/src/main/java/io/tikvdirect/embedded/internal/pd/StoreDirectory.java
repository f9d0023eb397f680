package io.tikvdirect.embedded.internal.pd;

import io.tikvdirect.proto.metapb.Store;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thread-safe. What PD knows about the stores. */
public interface StoreDirectory {
    /** All stores in the order of their ids. */
    List<Store> all();

    /** The store with this id, or null. */
    @Nullable
    Store find(long id);
}
