// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Kubernetes.Watching;

/// <summary>Says once what does not work, and once that it works again. For one task.</summary>
internal sealed class FailureLog(ILogger logger, string host)
{
    private readonly Dictionary<string, KubernetesFailure> _said = new(StringComparer.Ordinal);

    /// <summary>Whether the failure last told of was not the same as the one before it.</summary>
    public bool IsFirst { get; private set; }

    public void Failed(KubernetesException error)
    {
        string verb = error.Request.Verb;
        IsFirst = !_said.TryGetValue(verb, out KubernetesFailure said) || said != error.Failure;
        if (!IsFirst || error.Failure == KubernetesFailure.Expired)
        {
            return;
        }

        _said[verb] = error.Failure;
        if (error.Failure == KubernetesFailure.Forbidden)
        {
            logger.PermissionMissing(error.Request, error.Message);
        }
        else if (error.Failure == KubernetesFailure.Unauthorized)
        {
            logger.CredentialsRefused(host, error.Request);
        }
        else
        {
            logger.RequestFailed(host, error.Failure, error.Message);
        }
    }

    public void Worked(string verb)
    {
        if (_said.Remove(verb))
        {
            logger.Recovered(host, verb);
        }
    }
}
