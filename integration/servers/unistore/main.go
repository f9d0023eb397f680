// Command unistore-server is a TiKV store that the project did not write: TiDB's unistore engine (transactions, MVCC,
// deadlock detection) behind a gRPC port, registered with a real PD as the cluster's only store.
//
// The engine's own server has no raw commands, no region splits and no BatchCommands that a client-go of today
// would accept; those are implemented here. Nothing survives the process.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/pingcap/kvproto/pkg/tikvpb"
	pingcaplog "github.com/pingcap/log"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/pd"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
)

const maxMessageBytes = 64 << 20

type settings struct {
	addr, pd, api, dataDir, logLevel string
}

func main() {
	var o settings
	flag.StringVar(&o.addr, "addr", "127.0.0.1:0", "address to listen on and to tell PD; port 0 picks one")
	flag.StringVar(&o.pd, "pd", "", "PD addresses, separated by commas")
	flag.StringVar(&o.api, "api", string(apiV1), "API version of the raw commands: v1, v1ttl or v2")
	flag.StringVar(&o.dataDir, "data-dir", "", "existing, empty directory for the engine's files")
	flag.StringVar(&o.logLevel, "log-level", "error", "log level of the engine")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "unistore-server:", err)
		os.Exit(1)
	}
}

// run prints "ready store=ADDRESS" once clients can come and serves until it is asked to end. A signal before that ends
// the process at once: nothing is there yet to be given back.
func run(o settings) error {
	api, err := parseAPIVersion(o.api)
	if err != nil {
		return err
	}
	if o.pd == "" || o.dataDir == "" {
		return errors.New("-pd and -data-dir are needed")
	}
	logger, properties, err := pingcaplog.InitLogger(&pingcaplog.Config{Level: o.logLevel})
	if err != nil {
		return err
	}
	pingcaplog.ReplaceGlobals(logger, properties)

	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	client, err := pd.NewClient(strings.Split(o.pd, ","), "unistore-server")
	if err != nil {
		return fmt.Errorf("PD at %s: %w", o.pd, err)
	}
	st, err := joinCluster(context.Background(), client, listener.Addr().String())
	if err != nil {
		return fmt.Errorf("join the cluster at %s: %w", o.pd, err)
	}
	engine, err := startEngine(context.Background(), st, client, o.dataDir)
	if err != nil {
		return err
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go st.beat(ctx)
	server := newGRPCServer(newService(engine, st, api))
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Printf("ready store=%s\n", st.meta.Address)
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
		log.Print("stopping")
		server.Stop()
		return nil
	}
}

func newGRPCServer(s *service) *grpc.Server {
	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(maxMessageBytes), grpc.MaxSendMsgSize(maxMessageBytes),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}),
		grpc.UnaryInterceptor(containUnary),
	)
	tikvpb.RegisterTikvServer(server, s)
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	return server
}
