/** What is kept of a transactional key: its lock, its versions, and the ordered space of all of them. */
@NullMarked
package io.tikvdirect.embedded.internal.mvcc;

import org.jspecify.annotations.NullMarked;
