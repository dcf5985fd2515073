// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Kubernetes.Watching;

/// <summary>Says once what does not work, and once that it works again. For one task.</summary>
/// <param name="logger">Where it is said.</param>
/// <param name="client">Who asks.</param>
internal sealed class FailureLog(ILogger logger, Kubernetes client)
{
    private readonly Dictionary<string, (ApiRequest Request, KubernetesFailure Failure)> _said = new(StringComparer.Ordinal);

    /// <summary>Whether the failure last told of was not the same as the one before it.</summary>
    public bool IsFirst { get; private set; }

    public void Failed(KubernetesException error)
    {
        string verb = error.Request.Verb;
        IsFirst = !_said.TryGetValue(verb, out (ApiRequest Request, KubernetesFailure Failure) said) || said.Failure != error.Failure;
        if (!IsFirst || error.Failure == KubernetesFailure.Expired)
        {
            return;
        }

        _said[verb] = (error.Request, error.Failure);
        if (error.Failure == KubernetesFailure.Forbidden)
        {
            client.MissingPermissions.Add(error.Request);
            logger.PermissionMissing(error.Request, error.Message);
        }
        else if (error.Failure == KubernetesFailure.Unauthorized)
        {
            logger.CredentialsRefused(client.Host, error.Request);
        }
        else
        {
            logger.RequestFailed(client.Host, error.Failure, error.Message);
        }
    }

    public void Worked(string verb)
    {
        if (_said.Remove(verb, out (ApiRequest Request, KubernetesFailure Failure) said))
        {
            client.MissingPermissions.Remove(said.Request);
            logger.Recovered(client.Host, verb);
        }
    }
}
