package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/argoproj/argo-cd/v3/common"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/argo"
	argodiff "github.com/argoproj/argo-cd/v3/util/argo/diff"
	"github.com/argoproj/argo-cd/v3/util/argo/normalizers"
	kubeutil "github.com/argoproj/argo-cd/v3/util/kube"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/argoproj/gitops-engine/pkg/diff"
	"github.com/argoproj/gitops-engine/pkg/sync"
	synccommon "github.com/argoproj/gitops-engine/pkg/sync/common"
	"github.com/argoproj/gitops-engine/pkg/sync/resource"
	"github.com/argoproj/gitops-engine/pkg/utils/kube"
	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/kubectl/pkg/util/openapi"
	"sigs.k8s.io/yaml"
)

// reconcileQuestion is one look of Argo CD at an Application: compare Git with the cluster, and sync what the mode says.
type reconcileQuestion struct {
	Kubeconfig string `json:"kubeconfig"`
	// The Application's manifest as users have it; unknown fields are errors.
	Application string `json:"application"`
	// What Git says, after rendering.
	Targets    []unstructured.Unstructured `json:"targets"`
	ArgoCDData map[string]string           `json:"argocdData"`
	// Compare: look only. SelfHeal: sync what is OutOfSync, if anything is. Sync: what a person's sync of the application does.
	Mode string `json:"mode"`
}

type reconcileAnswer struct {
	Resources []resourceAnswer `json:"resources"`
	// Empty when nothing was synced.
	Phase   string `json:"phase"`
	Message string `json:"message"`
}

type resourceAnswer struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Status string `json:"status"`
	// Both as the diff saw them: what is live, and what would be after a sync.
	Live      json.RawMessage `json:"live"`
	Predicted json.RawMessage `json:"predicted"`
	// What the sync did; empty when it did nothing to this one.
	Synced string `json:"synced"`
}

// clusters holds what was read of each, by kubeconfig, as Argo CD's cluster cache does.
var clusters = map[string]*cluster{}

// cluster is what Argo CD's cluster cache holds of one cluster.
type cluster struct {
	config  *rest.Config
	kubectl kube.Kubectl
	schema  openapi.Resources
	parser  *managedfields.GvkParser
}

func reconcile(asked *reconcileQuestion) (*reconcileAnswer, error) {
	app := &v1alpha1.Application{}
	if err := yaml.UnmarshalStrict([]byte(asked.Application), app); err != nil {
		return nil, fmt.Errorf("read the Application: %w", err)
	}
	overrides, err := overridesOf(asked.ArgoCDData)
	if err != nil {
		return nil, err
	}
	target, err := connect(asked.Kubeconfig)
	if err != nil {
		return nil, err
	}
	pairs, err := target.pairsOf(app, asked.Targets)
	if err != nil {
		return nil, err
	}
	config, cleanup, err := target.diffConfigOf(app, overrides)
	if err != nil {
		return nil, err
	}
	defer cleanup()
	diffs, err := argodiff.StateDiffs(pairs.Live, pairs.Target, config)
	if err != nil {
		return nil, err
	}
	answer := &reconcileAnswer{Resources: describe(pairs, diffs)}
	chosen := chosenBy(asked.Mode, answer.Resources)
	if chosen == nil {
		return answer, nil
	}
	if options(app).HasOption("RespectIgnoreDifferences=true") {
		if pairs.Target, err = respectIgnored(pairs, config); err != nil {
			return nil, err
		}
	}
	return answer, target.sync(app, syncInput{pairs, diffs, overrides, chosen}, answer)
}

func connect(kubeconfig string) (*cluster, error) {
	if known := clusters[kubeconfig]; known != nil {
		return known, nil
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	kubectl := kubeutil.NewKubectl()
	schema, parser, err := kubectl.LoadOpenAPISchema(config)
	if err != nil {
		return nil, err
	}
	// A test asks quickly, one question after the other: it must not wait for a client's own limit.
	config.QPS, config.Burst = 200, 400
	clusters[kubeconfig] = &cluster{config, kubectl, schema, parser}
	return clusters[kubeconfig], nil
}

// pairsOf puts what is live beside each target, tracked as Argo CD 3 does by default: by annotation.
func (c *cluster) pairsOf(app *v1alpha1.Application, targets []unstructured.Unstructured) (sync.ReconciliationResult, error) {
	pairs := sync.ReconciliationResult{}
	tracking := argo.NewResourceTracking()
	for index := range targets {
		target := &targets[index]
		gvk := target.GroupVersionKind()
		err := tracking.SetAppInstance(target, common.LabelKeyAppInstance, app.Name, target.GetNamespace(), v1alpha1.TrackingMethodAnnotation, "")
		if err != nil {
			return pairs, err
		}
		live, err := c.kubectl.GetResource(context.Background(), c.config, gvk, target.GetName(), target.GetNamespace())
		if err != nil && !apierrors.IsNotFound(err) {
			return pairs, err
		}
		if err != nil {
			live = nil
		}
		pairs.Target = append(pairs.Target, target)
		pairs.Live = append(pairs.Live, live)
	}
	return pairs, nil
}

// diffConfigOf is what CompareAppState of controller/state.go builds.
func (c *cluster) diffConfigOf(app *v1alpha1.Application, overrides map[string]v1alpha1.ResourceOverride) (argodiff.DiffConfig, func(), error) {
	serverSide := resource.HasAnnotationOption(app, common.AnnotationCompareOptions, "ServerSideDiff=true")
	builder := argodiff.NewDiffConfigBuilder().
		WithDiffSettings(app.Spec.IgnoreDifferences, overrides, false, normalizers.IgnoreNormalizerOpts{}).
		WithTracking(common.LabelKeyAppInstance, string(v1alpha1.TrackingMethodAnnotation)).
		WithNoCache().
		WithGVKParser(c.parser).
		WithManager(common.ArgoCDSSAManager).
		WithServerSideDiff(serverSide).
		WithStructuredMergeDiff(options(app).HasOption("ServerSideApply=true"))
	cleanup := func() {}
	if serverSide {
		applier, done, err := kubeutil.ManageServerSideDiffDryRuns(c.config, c.schema, ignoreRun)
		if err != nil {
			return nil, cleanup, err
		}
		cleanup = done
		builder.WithServerSideDryRunner(diff.NewK8sServerSideDryRunner(applier))
	}
	config, err := builder.Build()
	return config, cleanup, err
}

func ignoreRun(string) (kube.CleanupFunc, error) { return func() {}, nil }

func options(app *v1alpha1.Application) v1alpha1.SyncOptions {
	if app.Spec.SyncPolicy == nil {
		return nil
	}
	return app.Spec.SyncPolicy.SyncOptions
}

func describe(pairs sync.ReconciliationResult, diffs *diff.DiffResultList) []resourceAnswer {
	answers := []resourceAnswer{}
	for index, target := range pairs.Target {
		found := diffs.Diffs[index]
		status := v1alpha1.SyncStatusCodeSynced
		if found.Modified || pairs.Live[index] == nil {
			status = v1alpha1.SyncStatusCodeOutOfSync
		}
		answers = append(answers, resourceAnswer{
			Kind: target.GetKind(), Name: target.GetName(), Status: string(status),
			Live: orNull(found.NormalizedLive), Predicted: orNull(found.PredictedLive),
		})
	}
	return answers
}

func orNull(document []byte) json.RawMessage {
	if len(document) == 0 {
		return json.RawMessage("null")
	}
	return document
}

// chosenBy names the resources to sync, by kind and name; nil: none. Self-heal syncs only what is OutOfSync (controller/appcontroller.go).
func chosenBy(mode string, resources []resourceAnswer) map[string]bool {
	var chosen map[string]bool
	for _, each := range resources {
		if mode == "Sync" || (mode == "SelfHeal" && each.Status == string(v1alpha1.SyncStatusCodeOutOfSync)) {
			if chosen == nil {
				chosen = map[string]bool{}
			}
			chosen[each.Kind+"/"+each.Name] = true
		}
	}
	return chosen
}

type syncInput struct {
	pairs     sync.ReconciliationResult
	diffs     *diff.DiffResultList
	overrides map[string]v1alpha1.ResourceOverride
	chosen    map[string]bool
}

// sync is what SyncAppState of controller/sync.go does with the cluster, without projects, hooks and history.
func (c *cluster) sync(app *v1alpha1.Application, input syncInput, answer *reconcileAnswer) error {
	asked := options(app)
	syncing, cleanup, err := sync.NewSyncContext("revision", input.pairs, c.config, c.config, c.kubectl, app.Spec.Destination.Namespace, c.schema,
		sync.WithLogr(logr.Discard()),
		sync.WithHealthOverride(lua.ResourceHealthOverrides(input.overrides)),
		sync.WithPermissionValidator(func(*unstructured.Unstructured, *metav1.APIResource) error { return nil }),
		sync.WithOperationSettings(false, false, false, len(input.chosen) < len(answer.Resources)),
		sync.WithResourcesFilter(func(key kube.ResourceKey, _ *unstructured.Unstructured, _ *unstructured.Unstructured) bool {
			return input.chosen[key.Kind+"/"+key.Name]
		}),
		sync.WithManifestValidation(!asked.HasOption(synccommon.SyncOptionsDisableValidation)),
		sync.WithResourceModificationChecker(asked.HasOption("ApplyOutOfSyncOnly=true"), input.diffs),
		sync.WithReplace(asked.HasOption(synccommon.SyncOptionReplace)),
		sync.WithServerSideApply(asked.HasOption(synccommon.SyncOptionServerSideApply)),
		sync.WithServerSideApplyManager(common.ArgoCDSSAManager),
	)
	if err != nil {
		return err
	}
	defer cleanup()
	phase, message, results := await(syncing)
	answer.Phase, answer.Message = string(phase), message
	for _, result := range results {
		for index := range answer.Resources {
			each := &answer.Resources[index]
			if each.Kind == result.ResourceKey.Kind && each.Name == result.ResourceKey.Name {
				each.Synced = fmt.Sprintf("%s: %s", result.Status, result.Message)
			}
		}
	}
	return nil
}

// await looks again as the controller does, until the sync is over or has taken ten seconds.
func await(syncing sync.SyncContext) (synccommon.OperationPhase, string, []synccommon.ResourceSyncResult) {
	deadline := time.Now().Add(10 * time.Second)
	for {
		syncing.Sync()
		phase, message, results := syncing.GetState()
		if phase.Completed() || time.Now().After(deadline) {
			return phase, message, results
		}
		time.Sleep(20 * time.Millisecond)
	}
}
