package main

import (
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// actionsQuestion asks which actions Argo CD offers on an object and, where Run names one, what it makes of the object.
type actionsQuestion struct {
	ArgoCDData map[string]string         `json:"argocdData"`
	Object     unstructured.Unstructured `json:"object"`
	Run        string                    `json:"run,omitempty"`
}

// impact is one object an action would create or patch.
type impact struct {
	Operation string         `json:"operation"`
	Object    map[string]any `json:"object"`
}

type actionsAnswer struct {
	Offered []v1alpha1.ResourceAction `json:"offered"`
	Impacts []impact                  `json:"impacts"`
}

func actionsOf(asked *actionsQuestion) (*actionsAnswer, error) {
	overrides, err := overridesOf(asked.ArgoCDData)
	if err != nil {
		return nil, err
	}
	machine := lua.VM{ResourceOverrides: overrides}
	discovery, err := machine.GetResourceActionDiscovery(&asked.Object)
	if err != nil {
		return nil, err
	}
	answered := &actionsAnswer{Offered: []v1alpha1.ResourceAction{}, Impacts: []impact{}}
	if len(discovery) > 0 {
		if answered.Offered, err = machine.ExecuteResourceActionDiscovery(&asked.Object, discovery); err != nil {
			return nil, err
		}
	}
	if asked.Run == "" {
		return answered, nil
	}
	action, err := machine.GetResourceAction(&asked.Object, asked.Run)
	if err != nil {
		return nil, err
	}
	resources, err := machine.ExecuteResourceAction(&asked.Object, action.ActionLua, nil)
	if err != nil {
		return nil, err
	}
	for _, resource := range resources {
		answered.Impacts = append(answered.Impacts, impact{Operation: string(resource.K8SOperation), Object: resource.UnstructuredObj.Object})
	}
	return answered, nil
}
