/// The version both programs report; one number, since they are built and delivered together.
package let programVersion = "1.0.0"
