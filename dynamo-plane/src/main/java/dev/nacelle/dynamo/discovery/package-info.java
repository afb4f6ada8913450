/** How frontends find workers: a folder of files, or etcd. */
@NullMarked
package dev.nacelle.dynamo.discovery;

import org.jspecify.annotations.NullMarked;
