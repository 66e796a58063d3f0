// Command argocheck answers the test bed's questions with the code Argo CD and kstatus run
// themselves: JSON questions on standard input, one JSON answer each on standard output, until the input ends.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/argoproj/gitops-engine/pkg/health"
	"github.com/sirupsen/logrus"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

// question has one of these set.
type question struct {
	Health    *healthQuestion    `json:"health,omitempty"`
	KStatus   *kstatusQuestion   `json:"kstatus,omitempty"`
	Reconcile *reconcileQuestion `json:"reconcile,omitempty"`
	Actions   *actionsQuestion   `json:"actions,omitempty"`
}

// healthQuestion asks what Argo CD shows for each object, with the argocd-cm of an administrator.
type healthQuestion struct {
	ArgoCDData map[string]string           `json:"argocdData"`
	Objects    []unstructured.Unstructured `json:"objects"`
}

type kstatusQuestion struct {
	Objects []unstructured.Unstructured `json:"objects"`
}

type stateAnswer struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

// answer has one of these set.
type answer struct {
	Value any    `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
}

func main() {
	// Argo CD logs what it decodes and times; only answers may stand on standard output.
	logrus.SetOutput(io.Discard)
	decoder := json.NewDecoder(os.Stdin)
	decoder.DisallowUnknownFields()
	encoder := json.NewEncoder(os.Stdout)
	for {
		var asked question
		err := decoder.Decode(&asked)
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			err = encoder.Encode(answerTo(&asked))
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "argocheck: %v\n", err)
			os.Exit(1)
		}
	}
}

func answerTo(asked *question) answer {
	value, err := valueOf(asked)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Value: value}
}

func valueOf(asked *question) (any, error) {
	switch {
	case asked.Health != nil:
		return healthOf(asked.Health)
	case asked.KStatus != nil:
		return kstatusOf(asked.KStatus)
	case asked.Reconcile != nil:
		return reconcile(asked.Reconcile)
	case asked.Actions != nil:
		return actionsOf(asked.Actions)
	default:
		return nil, errors.New("the question names none of health, kstatus, reconcile and actions")
	}
}

// healthOf answers null for an object Argo CD gives no health at all.
func healthOf(asked *healthQuestion) ([]*stateAnswer, error) {
	overrides, err := overridesOf(asked.ArgoCDData)
	if err != nil {
		return nil, err
	}
	answers := make([]*stateAnswer, 0, len(asked.Objects))
	for index := range asked.Objects {
		found, err := health.GetResourceHealth(&asked.Objects[index], lua.ResourceHealthOverrides(overrides))
		if err != nil {
			return nil, err
		}
		if found == nil {
			answers = append(answers, nil)
			continue
		}
		answers = append(answers, &stateAnswer{Status: string(found.Status), Message: found.Message})
	}
	return answers, nil
}

func kstatusOf(asked *kstatusQuestion) ([]*stateAnswer, error) {
	answers := make([]*stateAnswer, 0, len(asked.Objects))
	for index := range asked.Objects {
		result, err := status.Compute(&asked.Objects[index])
		if err != nil {
			return nil, err
		}
		answers = append(answers, &stateAnswer{Status: result.Status.String(), Message: result.Message})
	}
	return answers, nil
}
