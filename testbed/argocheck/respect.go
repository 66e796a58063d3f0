package main

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/argoproj/argo-cd/v3/controller"
	"github.com/argoproj/argo-cd/v3/util/argo/diff"
	"github.com/argoproj/gitops-engine/pkg/sync"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// What a sync with RespectIgnoreDifferences=true does to the targets before it applies them (controller/sync.go). It is not
// exported, and a copy would prove the copy: so it is linked by name. Its argument is *controller.comparisonResult.
//
//go:linkname normalizeTargetResources github.com/argoproj/argo-cd/v3/controller.normalizeTargetResources
func normalizeTargetResources(comparison unsafe.Pointer) ([]*unstructured.Unstructured, error)

// respectIgnored answers the targets as such a sync applies them.
func respectIgnored(pairs sync.ReconciliationResult, config diff.DiffConfig) ([]*unstructured.Unstructured, error) {
	// An exported interface names the unexported type, which gives its layout without repeating it here.
	compare, found := reflect.TypeFor[controller.AppStateManager]().MethodByName("CompareAppState")
	if !found {
		return nil, fmt.Errorf("this Argo CD has no CompareAppState: look at controller/state.go again")
	}
	comparison := reflect.New(compare.Type.Out(0).Elem())
	if err := set(comparison, "reconciliationResult", reflect.ValueOf(pairs)); err != nil {
		return nil, err
	}
	if err := set(comparison, "diffConfig", reflect.ValueOf(config)); err != nil {
		return nil, err
	}
	return normalizeTargetResources(comparison.UnsafePointer())
}

func set(structure reflect.Value, name string, value reflect.Value) error {
	field := structure.Elem().FieldByName(name)
	if !field.IsValid() || !value.Type().AssignableTo(field.Type()) {
		return fmt.Errorf("comparisonResult of this Argo CD has no field %s for a %s: look at controller/state.go again", name, value.Type())
	}
	reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Set(value)
	return nil
}
