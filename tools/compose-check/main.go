// Command compose-check loads a compose file as Docker Compose would and checks what a loader does not: that the
// product's services are there, healthy before others depend on them, and that no secret stands in the file.
//
// It is a module of its own so that the product's go.mod stays free of its libraries.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: compose-check FILE")
		os.Exit(2)
	}
	if err := check(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "compose-check:", err)
		os.Exit(1)
	}
	fmt.Println(os.Args[1], "is sound")
}

func check(ctx context.Context, file string) error {
	project, err := load(ctx, file)
	if err != nil {
		return err
	}
	var faults []error
	for _, name := range []string{"mongodb", "serve", "worker", "mail"} {
		if _, ok := project.Services[name]; !ok {
			faults = append(faults, fmt.Errorf("there is no service %q", name))
		}
	}
	worker := project.Services["worker"]
	if workers := worker.GetScale(); workers < 2 {
		faults = append(faults, fmt.Errorf("%d workers, want at least 2", workers))
	}
	for _, service := range project.Services {
		faults = append(faults, checkService(project, service)...)
	}
	return errors.Join(faults...)
}

func load(ctx context.Context, file string) (*types.Project, error) {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithName("sunday"), cli.WithResolvedPaths(true))
	if err != nil {
		return nil, err
	}
	return options.LoadProject(ctx)
}

// secretName finds variables whose value must come from a file.
var secretName = regexp.MustCompile(`(?i)(secret|password|_uri|_url)$`)

// credentials finds a user and a password inside an address.
var credentials = regexp.MustCompile(`://[^/@]+:[^/@]+@`)

var plainAddress = regexp.MustCompile(`^[a-z]+://[^@]+$`)

func checkService(project *types.Project, service types.ServiceConfig) []error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: "+format, append([]any{service.Name}, args...)...))
	}
	if service.HealthCheck == nil && !runsOnce(project, service.Name) {
		fault("no health check")
	}
	for name, value := range service.Environment {
		if value == nil {
			continue
		}
		harmless := name == "SUNDAY_BASE_URL" || *value == ""
		if credentials.MatchString(*value) || (secretName.MatchString(name) && !harmless && !passwordless(*value)) {
			fault("%s holds a secret; give it from a file", name)
		}
	}
	for name, on := range service.DependsOn {
		if on.Condition == types.ServiceConditionHealthy && project.Services[name].HealthCheck == nil {
			fault("waits for %s to be healthy, which has no health check", name)
		}
	}
	for _, port := range service.Ports {
		if port.HostIP != "127.0.0.1" {
			fault("port %d is open to the network; publish it on 127.0.0.1", port.Target)
		}
	}
	if slices.Contains(service.CapAdd, "ALL") || service.Privileged {
		fault("runs with privileges")
	}
	return faults
}

// runsOnce reports a service whose end others wait for.
func runsOnce(project *types.Project, name string) bool {
	for _, other := range project.Services {
		if other.DependsOn[name].Condition == types.ServiceConditionCompletedSuccessfully {
			return true
		}
	}
	return false
}

// passwordless reports an address that names no user.
func passwordless(value string) bool { return plainAddress.MatchString(value) }
